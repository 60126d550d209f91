"""Mail, where the environment says how it is sent. Without, no page promises one."""

from typing import Any
from urllib.parse import urlsplit

from crowd.settings.environment import env
from crowd.settings.place import SITE_URL


def _mail() -> dict[str, Any]:
    """Django's settings for EMAIL_URL. Nothing that ends in a log: mails hold secrets."""
    env.url_of("EMAIL_URL", "", schemes=("smtp", "smtp+tls", "smtp+ssl", "filemail"))
    mail: dict[str, Any] = env.email_url("EMAIL_URL")
    default_port = 465 if mail.get("EMAIL_USE_SSL") else 587 if mail.get("EMAIL_USE_TLS") else 25
    return {**mail, "EMAIL_PORT": mail["EMAIL_PORT"] or default_port}


MAIL_WORKS = bool(env.str("EMAIL_URL", default=""))
MAIL = _mail() if MAIL_WORKS else {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
vars().update(MAIL)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"crowd@{urlsplit(SITE_URL).hostname}")
