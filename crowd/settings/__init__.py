"""Every setting of the site, read from the environment once; a bad value stops the start with its
name. A theme is a module; here is what the site is made of."""

from crowd import paths
from crowd.settings.api import *
from crowd.settings.data import *
from crowd.settings.environment import DATA_DIR as DATA_DIR
from crowd.settings.jobs import *
from crowd.settings.mail import *
from crowd.settings.pages import *
from crowd.settings.people import *
from crowd.settings.place import *
from crowd.settings.safety import *

ROOT_URLCONF = "crowd.urls"
WSGI_APPLICATION = "crowd.wsgi.application"

INSTALLED_APPS = [
    "quality",
    "quality.kinds.choice",
    "quality.kinds.rating",
    "quality.kinds.number",
    "quality.kinds.pairwise",
    "quality.kinds.text",
    "quality.kinds.choices",
    "quality.kinds.spans",
    "tasks",
    "crowd.webhooks",
    "crowd.projects",
    "crowd.people",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "crowd.proxies.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "crowd.errors.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "crowd.bodiless.LengthMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [paths.ROOT / "crowd" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crowd.people.signin.site",
            ]
        },
    }
]
