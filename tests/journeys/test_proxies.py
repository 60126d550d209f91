"""The site behind a proxy that ends TLS, on another port and under a path: the README's
settings."""

import re
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode

from tests.journeys.proxy import HOST, PREFIX, PROXIES, proxy_to
from tests.journeys.site import Site

PASSWORD = "correct horse battery"


class Page(NamedTuple):
    status: int
    headers: Mapping[str, str]
    cookies: dict[str, str]
    text: str


def visit(port: int, path: str, form: dict[str, str] | None = None, cookies: Mapping[str, str] = {}) -> Page:
    """What a browser gets that asks for https://crowd.example:8443."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if form:
        headers |= {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
    reply = connection.getresponse()
    given = [re.match("([^=]+)=([^;]*)", value) for name, value in reply.getheaders() if name == "Set-Cookie"]
    return Page(reply.status, dict(reply.headers), {m[1]: m[2] for m in given if m}, reply.read().decode())


def test_people_sign_in_through_the_proxies_of_the_readme(start_site: Callable[..., Site]) -> None:
    options = {"ALLOWED_HOSTS": "crowd.example", "TRUSTED_PROXIES": "127.0.0.1", "HTTPS": "1"}
    site = start_site(SCRIPT_NAME=PREFIX, **options).wait_until_announced()
    make = f"from crowd.people.models import User; User.objects.create_user('alice@example.com', '{PASSWORD}')"
    site.manage("shell", "-c", make)
    for kind in PROXIES:
        with proxy_to(int(site.variables["PORT"]), kind) as port:
            page = visit(port, f"{PREFIX}/accounts/login/")
            assert page.status == 200
            (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
            assert visit(port, style).headers["Content-Type"].startswith("text/css")
            (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text))
            form = {"login": "alice@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
            entered = visit(port, f"{PREFIX}/accounts/login/", form, page.cookies)
            assert (entered.status, entered.headers["Location"]) == (302, f"{PREFIX}/")
            assert visit(port, f"{PREFIX}/", cookies=entered.cookies).status == 200
            assert f"https://{HOST}{PREFIX}" in visit(port, f"{PREFIX}/api/v1/schema").text
