"""Where data are, and how much comes in at once."""

from crowd import databases
from crowd.settings.environment import DATA_DIR, env, networks

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
PICTURE_GRACE_DAYS = 7  # that a picture is kept which no task refers to
UPLOAD_MAX_BYTES = env.int("CROWD_UPLOAD_MAX_BYTES", default=2 * 1024**3)
WEBHOOK_NETWORKS = networks("CROWD_WEBHOOK_NETWORKS")  # private ones that webhooks may lead into
