"""Pictures that nothing refers to any more, and files that no picture has, are freed after a grace
period.

What refers to a picture says so in its own transaction (`ImageQuerySet.use`), and who sends one
again begins its time anew, so that nothing is freed that is used, or about to be. A row goes before
its files, whose names no other row ever has: whoever is killed between the two leaves files behind,
which are found by their age.
"""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from crowd.batches import batches
from crowd.files import discard
from tasks.models import Image, Task, TaskPicture
from tasks.models.images import COPIES, ORIGINALS

STEP = 500  # rows or files looked at together
FOLDERS, TURNS = 256, 24  # a project's folders of files, and in how many runs all of them are looked through
FILES = ("original", "file", "full", "thumbnail")


def _referred() -> Q:
    return Exists(Task.objects.filter(image=OuterRef("pk"))) | Exists(TaskPicture.objects.filter(image=OuterRef("pk")))


def grace() -> timedelta:
    return timedelta(days=settings.PICTURE_GRACE_DAYS)


def note_unused() -> None:
    """Note of every picture whether something refers to it."""
    last = 0
    while keys := list(Image.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]):
        last = keys[-1]
        images = Image.objects.filter(pk__in=keys)
        _set(images.filter(unused_since=None).exclude(_referred()), Now())
        _set(images.exclude(unused_since=None).filter(_referred()), None)


def _set(images: QuerySet[Image], since: Now | None) -> None:
    """Looked up first: SQLite would keep writers waiting though there be nothing to write."""
    if keys := list(images.values_list("pk", flat=True)):
        Image.objects.filter(pk__in=keys).update(unused_since=since)


def free_unused() -> int:
    """Delete pictures that were unused for long, and say how many."""
    unused = Image.objects.filter(unused_since__lt=Now() - grace()).exclude(_referred())
    freed = 0
    for image in unused.order_by("pk").iterator(chunk_size=STEP):
        if unused.filter(pk=image.pk)._raw_delete(unused.db):  # the condition is looked at again, under the row's lock
            discard({getattr(image, field).name for field in FILES} - {""})
            freed += 1
    return freed


def free_files(turn: int) -> int:
    """Delete old files that no picture has, in some of the folders, and say how many. In TURNS
    turns all folders have theirs."""
    freed = 0
    for project_id, folder in _folders(turn % TURNS):
        for paths in batches(_old_files(folder), STEP):
            known = _names_of(project_id, {_hash_of(path) for path in paths})
            lost = [name for path in paths if (name := str(path.relative_to(settings.MEDIA_ROOT))) not in known]
            discard(lost)
            freed += len(lost)
    return freed


def _folders(turn: int) -> Iterator[tuple[int, Path]]:
    names = [f"{number:02x}" for number in range(turn, FOLDERS, TURNS)]
    for kind in (ORIGINALS, COPIES):
        for project in sorted(Path(settings.MEDIA_ROOT, kind).glob("*")):
            if project.name.isdecimal():
                yield from ((int(project.name), project / name) for name in names if (project / name).is_dir())


def _old_files(folder: Path) -> list[Path]:
    """Those so old that whoever wrote them has stored the row since, if ever."""
    oldest = time.time() - grace().total_seconds()
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_file() and entry.stat().st_mtime < oldest]


def _hash_of(path: Path) -> str:
    """Of the original, by the name; pictures from before are named by all of it."""
    name = path.name.partition(".")[0].partition("-")[0]
    return name if name.startswith(path.parent.name) and len(name) == 64 else path.parent.name + name


def _names_of(project_id: int, hashes: set[str]) -> set[str]:
    images = Image.objects.filter(project=project_id, sha256__in=hashes)
    return {name for row in images.values_list(*FILES) for name in row}
