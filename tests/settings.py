"""The site's settings, on servers and in a folder of the tests' own.

Servers are started here because the site's settings read the environment once, before any conftest
is loaded.
"""

import os

from tests import servers

servers.provide()
os.environ["CROWD_DATA_DIR"] = str(servers.temporary_folder())

from crowd.settings import *  # noqa: E402, F403 - only now is the environment complete

# In memory, SQLite locks whole tables; the site's own file does not, and neither does this one.
if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(servers.temporary_folder() / "test.sqlite3")}  # noqa: F405
# A slow hash protects stored passwords; tests store none worth protecting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages are rendered without collecting the static files first; journeys serve the collected ones.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# A kind of answer that only tests know (tests.quality.kinds.words).
INSTALLED_APPS = [*INSTALLED_APPS, "tests.quality.kinds.words"]  # noqa: F405
