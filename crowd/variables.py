"""The environment variables of the service; a bad value is told by name, in one line, and never
shows a secret."""

from collections.abc import Collection, Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class Variables(environ.Env):  # type: ignore[misc]  # the library has no types
    """The environment. A variable that is set to nothing counts as one that isn't set."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        super().__init__()
        if environment is not None:
            self.ENVIRON = environment

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        if not self.ENVIRON.get(var) and default is not self.NOTSET:
            return default
        return super().get_value(var, cast=cast, default=default, parse_default=parse_default)

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> bool:
        value = str(self.get_value(var, cast=str, default=default)).lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{var} must be 1 or 0, not {value!r}")
        return value in TRUE

    def int(self, var: str, default: Any = environ.Env.NOTSET, *, least: int = 1) -> int:
        value = str(self.get_value(var, cast=str, default=default))
        if not (value.isascii() and value.isdecimal() and int(value) >= least):
            raise ImproperlyConfigured(f"{var} must be a whole number from {least} on, not {value!r}")
        return int(value)

    def url_of(self, var: str, default: str, *, schemes: Collection[str]) -> str:
        """A URL of one of these schemes; it may hold a password."""
        value = str(self.get_value(var, cast=str, default=default))
        if not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ImproperlyConfigured(f"{var} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value
