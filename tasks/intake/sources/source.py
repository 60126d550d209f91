"""What a source says of itself."""

from enum import IntEnum
from typing import IO, Any, Protocol

from django.core.files import File
from django.utils.functional import Promise

from crowd.claims import Claim
from crowd.projects.models import Project
from tasks.models import Import


class Likeness(IntEnum):
    """How sure a source is that a file is its own."""

    NONE = 0
    POSSIBLE = 1
    BY_NAME = 2
    SURE = 3


class Source(Protocol):
    """A way in: a kind of file that becomes tasks or responses.

    name: what the API calls it, and what an import keeps as its format. named: whether who sends a
    file may ask for it by that name. title: what the page calls it, nothing if it offers it not.
    """

    @property
    def name(self) -> str: ...
    @property
    def named(self) -> bool: ...
    @property
    def title(self) -> str | Promise: ...

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        """Whether a file of this name, in lower case, that begins so is one, where nobody said
        what it is."""
        ...

    def check(self, file: "File[bytes]", project: Project) -> None:
        """What can be said of a file while somebody waits. Raises a CrowdError that names what is
        wrong where: InvalidFile, TooLarge, UnsupportedFormat."""
        ...

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        """Store what is in a file, in steps that go on where they ended, and report on each row or
        member. The same file again changes nothing. Raises a CrowdError as `check`, TurnOver,
        ClaimLost."""
        ...
