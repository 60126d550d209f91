"""What the API has names for already, and nothing that reads it."""

from dataclasses import dataclass
from typing import IO, Any, NoReturn

from django.core.files import File
from django.utils.translation import gettext as _

from crowd.claims import Claim
from crowd.projects.models import Project
from tasks.errors import UnsupportedFormat
from tasks.intake.sources.source import Likeness
from tasks.models import Import


@dataclass(frozen=True, slots=True)
class Announced:
    name: str
    named: bool = True
    title: str = ""

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        return Likeness.NONE

    def check(self, file: "File[bytes]", project: Project) -> NoReturn:
        raise UnsupportedFormat(_("{format} can't be imported yet.").format(format=self.name))

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        self.check(claim.row.file, claim.row.project)


SOURCES = (Announced("coco-zip"), Announced("urls"))
