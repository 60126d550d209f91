"""The sources, by their names in the API."""

from collections.abc import Mapping
from types import MappingProxyType

from django.core.files import File

from tasks.intake.sources import announced, task_tables, vote_tables, zips
from tasks.intake.sources.source import Source

AUTO = "auto"  # what a file is, is found out
START = 4  # bytes, by which files are told apart

SOURCES: Mapping[str, Source] = MappingProxyType(
    {source.name: source for module in (zips, task_tables, vote_tables, announced) for source in module.SOURCES}
)


def recognised(file: "File[bytes]") -> Source:
    """The source that is surest that a file is its own; of several the first."""
    start, name = file.read(START), (file.name or "").lower()
    return max(SOURCES.values(), key=lambda source: source.likeness(start, name))


def names() -> list[str]:
    """What a file may be said to be."""
    return [AUTO, *(source.name for source in SOURCES.values() if source.named)]
