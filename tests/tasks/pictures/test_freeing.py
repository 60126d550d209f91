"""What nothing refers to is freed after a grace period, with its files; and never anything else."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from crowd.projects.models import Project
from tasks.intake.images import store_image
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Image, Task
from tasks.pictures import freeing
from tasks.pictures.freeing import free_files, free_unused, note_unused
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import picture

RED, BLUE = picture("red"), picture("blue")


def record(project: Project, *contents: bytes, name: str = "t") -> TaskRecord:
    stored = {f"p{n}": store_image(project, content) for n, content in enumerate(contents)}
    data = {field: {"picture": image.sha256} for field, image in stored.items()}
    return TaskRecord(name, data, pictures=stored)


def files(settings: Any) -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def grow_old() -> None:
    """As if a week and more had passed for what is marked."""
    Image.objects.exclude(unused_since=None).update(unused_since=timezone.now() - timedelta(days=8))


def make_old(settings: Any) -> None:
    for name in files(settings):
        os.utime(Path(settings.MEDIA_ROOT) / name, (0, 0))


def test_what_was_replaced_goes_with_its_files_when_its_time_is_over(project: Project, settings: Any) -> None:
    add_tasks(project, [record(project, RED)])
    kept_before = files(settings)
    add_tasks(project, [record(project, BLUE)])
    note_unused()
    assert (free_unused(), Image.objects.count()) == (0, 2)
    grow_old()
    assert (free_unused(), Image.objects.get()) == (1, Task.objects.get().image)
    assert files(settings).isdisjoint(kept_before)
    assert len(files(settings)) == 3


def test_what_was_sent_and_never_used_goes_too(project: Project, settings: Any) -> None:
    store_image(project, RED)
    assert free_unused() == 0
    grow_old()
    assert (free_unused(), files(settings)) == (1, set())


def test_each_picture_of_a_task_that_has_several_is_used(project: Project) -> None:
    add_tasks(project, [record(project, RED, BLUE)])
    Image.objects.update(unused_since=timezone.now() - timedelta(days=8))
    assert free_unused() == 0
    note_unused()
    assert list(Image.objects.values_list("unused_since", flat=True)) == [None, None]


def test_who_sends_a_picture_again_begins_its_time_anew(project: Project) -> None:
    store_image(project, RED)
    grow_old()
    store_image(project, RED)
    assert free_unused() == 0


def test_the_same_picture_comes_anew_while_its_former_files_are_deleted(
    project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_image(project, RED)
    grow_old()
    discard: Any = freeing.__dict__["discard"]

    def sent_again(names: Any) -> None:
        store_image(project, RED)
        discard(names)

    monkeypatch.setattr(freeing, "discard", sent_again)
    assert free_unused() == 1
    assert Image.objects.get().original.read() == RED
    assert len(files(settings)) == 3


def test_files_that_no_row_has_go_by_their_age(
    project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tasks(project, [record(project, RED)])
    kept = files(settings)

    def killed(**_fields: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Image.objects, "get_or_create", killed)
    with pytest.raises(KeyboardInterrupt):
        store_image(project, BLUE)
    for name in list(kept):  # and such as a kill amid writing leaves, or a version before this one
        (Path(settings.MEDIA_ROOT) / f"{name}.part").write_bytes(b"torn")
    assert (len(files(settings)), sum(free_files(turn) for turn in range(24))) == (9, 0)
    make_old(settings)
    assert sum(free_files(turn) for turn in range(24)) == 6
    assert files(settings) == kept


def test_files_of_pictures_from_before_are_known_by_their_names(project: Project, settings: Any) -> None:
    image = store_image(project, RED)
    folder = Path(settings.MEDIA_ROOT, "images", str(project.pk), image.sha256[:2])
    former = folder / f"{image.sha256}.png"
    former.write_bytes(b"former")
    Image.objects.update(file=str(former.relative_to(settings.MEDIA_ROOT)))
    make_old(settings)
    assert sum(free_files(turn) for turn in range(24)) == 1  # the copy that the row does not name any more
    assert former.exists()


def test_whatever_else_lies_there_is_left_alone(project: Project, settings: Any) -> None:
    others = [
        Path(settings.MEDIA_ROOT, *parts) for parts in (("media-id",), ("imports", "a"), ("images", "x", "00", "y"))
    ]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    make_old(settings)
    assert sum(free_files(turn) for turn in range(24)) == 0
    assert all(path.exists() for path in others)


@both_within_a_transaction
@pytest.mark.django_db(transaction=True)
def test_a_picture_that_a_task_takes_up_in_this_moment_stays(project: Project) -> None:
    made = record(project, RED)
    grow_old()
    done = at_once(lambda: add_tasks(project, [made]), free_unused, door="INSERT INTO tasks_task")
    assert done == ["done", "done"]
    assert Task.objects.get().image == Image.objects.get()


@both_within_a_transaction
@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_free_each_picture_once(project: Project, settings: Any) -> None:
    for n in range(5):
        store_image(project, picture(size=(n + 1, 3)))
    grow_old()
    freed: list[int] = []
    at_once(lambda: freed.append(free_unused()), lambda: freed.append(free_unused()), door="DELETE")
    assert (sum(freed), files(settings)) == (5, set())
