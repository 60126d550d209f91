"""Languages, and files that pages are made with."""

from django.utils.translation import gettext_lazy as _

from crowd.paths import ROOT
from crowd.settings.environment import DATA_DIR, env

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["crowd.locale_formats"]
USE_THOUSAND_SEPARATOR = True  # what is an address or an identifier goes through stringformat
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.path("CROWD_STATIC_ROOT", default=str(DATA_DIR / "static"))()
STATICFILES_DIRS = [ROOT / "crowd" / "static"]
STORAGES = {
    "default": {"BACKEND": "crowd.files.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
