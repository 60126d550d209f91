"""Where the site runs, and how people reach it."""

import ipaddress
import socket
from urllib.parse import urlsplit

from crowd.settings.environment import env, networks
from crowd.settings.secret_key import secret_key


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


def _site_url() -> str:
    """The first name the site is served under, or else the address it listens at."""
    named = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host[0] not in "*."]
    host = named[0] if named else socket.getfqdn() if HOST in ("0.0.0.0", "::") else HOST  # noqa: S104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"https://{host}" if HTTPS else f"http://{host}:{PORT}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _sub_path() -> str | None:
    path = env.str("SCRIPT_NAME", default="").strip("/")
    return f"/{path}" if path else None


HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
HTTPS = env.bool("HTTPS", default=False)  # set where a proxy ends TLS and sends X-Forwarded-Proto
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, that still open what they made
DEBUG = env.bool("CROWD_DEBUG", default=False)
DEMO = env.bool("CROWD_DEMO", default=True)  # whether ./script/server makes the demo project
ALLOWED_HOSTS = _allowed_hosts(HOST)
# How people reach the site, where no request tells: in mails, and in links that a command prints.
SITE_URL = env.url_of("SITE_URL", _site_url(), schemes=("http", "https")).rstrip("/")
# Whose X-Forwarded-For, -Host, -Port and -Proto are believed.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [*([f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []), _origin(SITE_URL)]
# The path under which a proxy serves the site, where that is not all of a host.
FORCE_SCRIPT_NAME = _sub_path()
