"""Which addresses may be written to: those that anybody in the world may reach, and what the
operator adds.

A host's name is looked up once and the connection made to an address that was checked, so that the
name can't mean another one by then. Names are not looked up when a webhook is made: that would
prove nothing about later.
"""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")

# Global by the registry, and yet not the world's: protocol assignments, relays into IPv4, a cloud's
# own services.
NOT_THE_WORLD = [
    *map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")),
    *map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")),
]
UNICAST = ipaddress.ip_network("2000::/3")


class AddressRefused(Exception):
    """The host has no address, or one that must not be reached from here. Which of both is nobody's
    business."""


def may_be_reached(address: IpAddress) -> bool:
    """Whether anybody may connect to this address, from here too."""
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    if any(address in network for network in NOT_THE_WORLD):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address in UNICAST and address.is_global
    return address.is_global and not address.is_multicast


def addresses_of(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises AddressRefused if there are none, or any that may not be
    reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(may_be_reached(ipaddress.ip_address(address)) for address in addresses):
        raise AddressRefused
    return addresses


def fault_of(url: str) -> str:
    """What is wrong with a URL as it is written, in words for whoever wrote it; empty if nothing
    is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    schemes = ("https",) if settings.HTTPS else ("https", "http")
    if parts.scheme not in schemes or not parts.hostname or port == 0 or not URL_CHARACTERS.fullmatch(url):
        return _("This is no URL that can be written to. It begins with {schemes}, and has no spaces and no #.").format(
            schemes=" / ".join(f"{scheme}://" for scheme in schemes)
        )
    if parts.username is not None or parts.password is not None:
        return _("Leave the user name and password out of the URL; check the signature instead.")
    if not _may_be_reached_as_written(parts.hostname):
        return _("This address belongs to a private network, and can't be reached from here.")
    return ""


def _may_be_reached_as_written(host: str) -> bool:
    """False for an address in figures, however spelled, that may not be reached. Names are not
    looked up."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return True
    return all(may_be_reached(ipaddress.ip_address(str(entry[4][0]))) for entry in found)
