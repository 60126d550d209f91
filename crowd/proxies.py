"""What a proxy in front of the site says of its clients: believed of proxies that are named, and of
nobody else. Where none is named, one on this machine may say whether it was asked by https."""

import ipaddress
from collections.abc import Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from crowd.errors import CrowdError, render_problem

FORWARDED = tuple(f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "HOST", "PORT", "PROTO"))
FOR, HOST, PORT, PROTO = FORWARDED
USUAL_PORTS = ("80", "443")
FOR_MACHINES = ("/healthz", "/readyz")  # asked from within, by no proxy


class ProxyMisconfigured(CrowdError):
    status, code = 400, "proxy_misconfigured"


class ProxyMiddleware:
    """Puts the client, the name and the scheme into the request that the outermost trusted proxy
    has seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        if is_trusted(peer):
            believe(request.META)
        else:
            for name in FORWARDED:
                if name != PROTO or not _may_say_scheme(peer):
                    request.META.pop(name, None)
        if settings.HTTPS and PROTO not in request.META and request.path_info not in FOR_MACHINES:
            return render_problem(request, ProxyMisconfigured(_what_to_set(peer)))
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Whether this is the address of a proxy that TRUSTED_PROXIES names."""
    peer = _parsed(address)
    return peer is not None and any(peer in network for network in settings.TRUSTED_PROXIES)


def _may_say_scheme(address: str) -> bool:
    """HTTPS=1 alone says that a proxy is there, but not which: one on this machine is meant."""
    peer = _parsed(address)
    return is_trusted(address) or (not settings.TRUSTED_PROXIES and peer is not None and peer.is_loopback)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        peer = ipaddress.ip_address(address.strip())
    except ValueError:
        return None
    return getattr(peer, "ipv4_mapped", None) or peer


def believe(meta: MutableMapping[str, Any]) -> None:
    """Take over what the proxy says: the nearest client that is no trusted proxy itself, and how it
    asked."""
    for hop in reversed(meta.get(FOR, "").split(",")):
        if not is_trusted(meta["REMOTE_ADDR"]) or _parsed(hop) is None:
            break
        meta["REMOTE_ADDR"] = hop.strip()
    if host := meta.get(HOST, "").rpartition(",")[2].strip():
        meta["HTTP_HOST"] = host
    port = meta.get(PORT, "")
    if port.isdecimal() and port not in USUAL_PORTS and ":" not in meta.get("HTTP_HOST", ":").rpartition("]")[2]:
        meta["HTTP_HOST"] += f":{port}"


def _what_to_set(peer: str) -> str:
    if settings.TRUSTED_PROXIES and not is_trusted(peer):
        detail = _(
            "This site is served over HTTPS (HTTPS=1) by the proxies in TRUSTED_PROXIES, and {peer} is none of them: "
            "ask for the https:// address, or add this one."
        )
        return detail.format(peer=peer)
    if not _may_say_scheme(peer):
        detail = _(
            "This site is served over HTTPS (HTTPS=1), and a proxy on another machine is believed only where it is "
            "named: ask for the https:// address, or, if {peer} is the proxy, set TRUSTED_PROXIES={peer}."
        )
        return detail.format(peer=peer)
    return _(
        "This site is served over HTTPS (HTTPS=1), and the proxy does not say how it was asked. Have it send "
        "X-Forwarded-Proto: in nginx, proxy_set_header X-Forwarded-Proto $scheme. Or ask for the https:// address."
    )
