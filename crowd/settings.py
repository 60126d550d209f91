"""Every setting of the site, read from the environment once; a bad value stops the start with its
name."""

import hashlib
import ipaddress
import os
import secrets
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crowd import databases, paths
from crowd.variables import Variables

env = Variables()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = paths.data_dir()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    """The key named by the environment, or a random one made once and readable by its owner
    only."""
    if given := env.str("SECRET_KEY", default=""):
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists() or not path.stat().st_size:
        _make_secret_key(path)
    return path.read_text().strip()


def _make_secret_key(path: Path) -> None:
    """Write a whole key or none, whatever the disk does, and leave one alone that another process
    made meanwhile."""
    draft = path.with_name(f"secret_key.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        if not path.stat().st_size:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _allowed_hosts(bind_address: str) -> list[str]:
    """This machine's own names; other names a proxy serves the site under go in ALLOWED_HOSTS."""
    if given := env.list("ALLOWED_HOSTS", default=[]):
        return given
    hosts = ["localhost", "127.0.0.1", "[::1]"]
    try:
        loopback = ipaddress.ip_address(bind_address).is_loopback
    except ValueError:
        loopback = bind_address == "localhost"
    return [*hosts, bind_address] if loopback else [*hosts, bind_address, socket.gethostname(), socket.getfqdn()]


def _mail() -> dict[str, Any]:
    """Django's settings for EMAIL_URL. Nothing that ends in a log: mails hold secrets."""
    env.url_of("EMAIL_URL", "", schemes=("smtp", "smtp+tls", "smtp+ssl", "filemail"))
    mail: dict[str, Any] = env.email_url("EMAIL_URL")
    default_port = 465 if mail.get("EMAIL_USE_SSL") else 587 if mail.get("EMAIL_USE_TLS") else 25
    return {**mail, "EMAIL_PORT": mail["EMAIL_PORT"] or default_port}


def _site_url() -> str:
    """The first name the site is served under, or else the address it listens at."""
    named = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host[0] not in "*."]
    host = named[0] if named else socket.getfqdn() if HOST in ("0.0.0.0", "::") else HOST  # noqa: S104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"https://{host}" if HTTPS else f"http://{host}:{PORT}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _quotas() -> dict[str, int]:
    """How often in an hour one account, and one project, may ask; 0 is without limit."""
    most = {"imports": 2000, "refreshes": 1000, "replays": 200, "exports": 1000, "projects": 500, "reads": 100_000}
    for given in env.list("CROWD_QUOTAS", default=[]):
        name, _equals, number = given.partition("=")
        if name.strip() not in most or not number.strip().isdecimal():
            known = ", ".join(f"{name}={value}" for name, value in most.items())
            raise ImproperlyConfigured(f"CROWD_QUOTAS: {given!r} is not understood; the default is {known}")
        most[name.strip()] = int(number)
    return most


def _sub_path() -> str | None:
    path = env.str("SCRIPT_NAME", default="").strip("/")
    return f"/{path}" if path else None


def _networks(variable: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(network) for network in env.list(variable, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from error


def _one_of(variable: str, *choices: str) -> str:
    """What the environment says, or the first choice."""
    given = env.str(variable, default=choices[0])
    if given not in choices:
        raise ImproperlyConfigured(f"{variable} must be one of {', '.join(choices)}; it is {given!r}")
    return given


# Where it runs
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
HTTPS = env.bool("HTTPS", default=False)  # set where a proxy ends TLS and sends X-Forwarded-Proto
SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, that still open what they made
DEBUG = env.bool("CROWD_DEBUG", default=False)
DEMO = env.bool("CROWD_DEMO", default=True)  # whether ./script/server makes the demo project
ALLOWED_HOSTS = _allowed_hosts(HOST)
# How people reach the site, where no request tells: in mails, and in links that a command prints.
SITE_URL = env.url_of("SITE_URL", _site_url(), schemes=("http", "https")).rstrip("/")
# Whose X-Forwarded-For, -Host, -Port and -Proto are believed.
TRUSTED_PROXIES = _networks("TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [*([f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []), _origin(SITE_URL)]
ROOT_URLCONF = "crowd.urls"
WSGI_APPLICATION = "crowd.wsgi.application"
# The path under which a proxy serves the site, where that is not all of a host.
FORCE_SCRIPT_NAME = _sub_path()

INSTALLED_APPS = [
    "quality",
    "quality.kinds.choice",
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
        "DIRS": [BASE_DIR / "crowd" / "templates"],
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


# Data
DATABASES = {"default": databases.configured(env, DATA_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits of sign-in live where they survive an emptied Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
ORDINARY_BODY_MAX_BYTES = 1024 * 1024  # of a request; routes that take more say so
BULK_BODY_MAX_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024  # of many tasks, or other things, in one request
UPLOAD_MAX_BYTES = env.int("CROWD_UPLOAD_MAX_BYTES", default=2 * 1024**3)
WEBHOOK_NETWORKS = _networks("CROWD_WEBHOOK_NETWORKS")  # private ones that webhooks may lead into

# Jobs
REDIS_URL = env.url_of("REDIS_URL", f"unix://{paths.broker_socket()}", schemes=("redis", "rediss", "unix"))
JOB_PROCESSES = env.int("CROWD_JOB_PROCESSES", default=min(2, os.cpu_count() or 1))
CELERY_WORKER_CONCURRENCY = JOB_PROCESSES + 1  # one for what takes long, most of which waits for the disk
# What may run at once of the work that takes long: imports, deletions and their like, and fits.
# With two processes and more, one is always left for what must not wait.
LANES = dict.fromkeys(("fits", "long"), max(1, JOB_PROCESSES - 1))
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # a job that is lost with its process, or with the broker, is found again by a sweep
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "crowd"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long the broker is away, the jobs wait for it
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "expire leases": {"task": "tasks.expire_leases", "schedule": 5.0, "options": {"expires": 5}},
    "remove deleted projects": {"task": "projects.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "reorder tasks": {"task": "tasks.reorder_tasks", "schedule": 5.0, "options": {"expires": 5}},
    "resume imports": {"task": "tasks.resume_imports", "schedule": 2.0, "options": {"expires": 2}},
    "forget replies": {"task": "people.forget_replies", "schedule": 3600.0, "options": {"expires": 3600}},
    "refresh stale consensus": {"task": "quality.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "send mails": {"task": "people.send_waiting_mails", "schedule": 5.0, "options": {"expires": 5}},
    "forget mails": {"task": "people.forget_mails", "schedule": 3600.0, "options": {"expires": 3600}},
    "send events": {"task": "webhooks.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "forget events": {"task": "webhooks.delete_old", "schedule": 3600.0, "options": {"expires": 3600}},
    "sift tasks": {"task": "quality.sift_projects", "schedule": 60.0, "options": {"expires": 60}},
    "tell of quiet projects": {"task": "quality.tell_quiet_projects", "schedule": 60.0, "options": {"expires": 60}},
}

# People
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
PROJECT_MAKERS = _one_of("CROWD_PROJECT_MAKERS", "confirmed", "staff", "superusers")  # who may make projects

# Mail, where the environment says how it is sent. Without, no page promises one.
MAIL_WORKS = bool(env.str("EMAIL_URL", default=""))
MAIL = _mail() if MAIL_WORKS else {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
vars().update(MAIL)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"crowd@{urlsplit(SITE_URL).hostname}")

QUOTAS = _quotas()
QUOTA_NAMESPACE = hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:12]  # of this site, where several share a Redis

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crowd.people.authentication.ApiKeyAuthentication",
        "crowd.people.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "crowd.people.authentication.ScopeAllows",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["crowd.people.quotas.ReadsAreCounted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "crowd.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crowd.api.problem_handler",
    "DEFAULT_METADATA_CLASS": None,
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_FORMATTER_CLASS": "crowd.api.ProblemFormatter"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Crowd",
    "DESCRIPTION": "Tasks in, answers from many workers, labels with honest probabilities out.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": "https://crowd.invalid"}],  # crowd.openapi puts the address in that was asked
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LabelStateEnum": "quality.models.Consensus.State",
        "JobStateEnum": "tasks.models.Import.State",
        "DeliveryStateEnum": "crowd.webhooks.models.Delivery.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "crowd.openapi.add_problem_response",
        "crowd.openapi.add_what_holds_everywhere",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Pages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["crowd.formats"]
USE_THOUSAND_SEPARATOR = True  # what is an address or an identifier goes through stringformat
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.path("CROWD_STATIC_ROOT", default=str(DATA_DIR / "static"))()
STATICFILES_DIRS = [BASE_DIR / "crowd" / "static"]
STORAGES = {
    "default": {"BACKEND": "crowd.files.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "crowd.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # A browser that was told keeps to it for so long, whatever the site says later: no more than is
    # asked for.
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=30 * 24 * 3600, least=0)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # that these two are the operator's to ask for
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secrets": {"()": "crowd.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
