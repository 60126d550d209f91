"""Accounts, how they sign in, and how much each may ask for."""

import hashlib

from django.core.exceptions import ImproperlyConfigured

from crowd.settings.environment import env, one_of
from crowd.settings.place import SECRET_KEY


def _quotas() -> dict[str, int]:
    """How often in an hour one account, and one project, may ask; 0 is without limit."""
    most = {"imports": 2000, "refreshes": 1000, "replays": 200, "exports": 1000, "projects": 500, "reads": 100_000}
    most["pictures"] = 20_000  # each sent by itself
    for given in env.list("CROWD_QUOTAS", default=[]):
        name, _equals, number = given.partition("=")
        if name.strip() not in most or not number.strip().isdecimal():
            known = ", ".join(f"{name}={value}" for name, value in most.items())
            raise ImproperlyConfigured(f"CROWD_QUOTAS: {given!r} is not understood; the default is {known}")
        most[name.strip()] = int(number)
    return most


AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "crowd.people.accounts.InvitationOnly"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = ["crowd.people.hashing.Argon2InTurn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PROJECT_MAKERS = one_of("CROWD_PROJECT_MAKERS", "confirmed", "staff", "superusers")  # who may make projects
QUOTAS = _quotas()
QUOTA_NAMESPACE = hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:12]  # of this site, where several share a Redis
