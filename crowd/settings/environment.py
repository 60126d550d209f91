"""What the themes read the environment by."""

import ipaddress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from crowd import paths
from crowd.variables import Variables

env = Variables()

DATA_DIR: Path = paths.data_dir()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def networks(variable: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(network) for network in env.list(variable, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from error


def one_of(variable: str, *choices: str) -> str:
    """What the environment says, or the first choice."""
    given = env.str(variable, default=choices[0])
    if given not in choices:
        raise ImproperlyConfigured(f"{variable} must be one of {', '.join(choices)}; it is {given!r}")
    return given
