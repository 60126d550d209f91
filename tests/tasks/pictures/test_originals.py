"""The original of a picture is kept to the byte; what is served is made from it, in the original's
frame."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image as Picture

from crowd.projects.models import Project
from tasks.imaging import reencode
from tasks.intake import images
from tasks.intake.images import store_image, store_or_find
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Image, Task
from tests.cast import Api, picture

LARGE = (4200, 2800)


def photo(size: tuple[int, int] = (60, 40), turn: int = 1, kind: str = "JPEG") -> bytes:
    exif = Picture.Exif()
    exif[0x0112], exif[0x010E] = turn, "secret place"
    buffer = io.BytesIO()
    Picture.new("RGB", size, "teal").save(buffer, kind, exif=exif)
    return buffer.getvalue()


def task_of(project: Project, **pictures: bytes) -> Task:
    stored = {field: store_image(project, content) for field, content in pictures.items()}
    data = {field: {"picture": image.sha256} for field, image in stored.items() if field != "image"}
    add_tasks(project, [TaskRecord("t", data, pictures=stored)])
    return Task.objects.get(external_id="t")


def leased(api: Api) -> dict[str, Any]:
    (assignment,) = api("POST", "/projects/birds/assignments").json()["assignments"]
    return assignment


def got(api: Api, address: str) -> tuple[str, tuple[int, int], bytes]:
    reply = api("GET", address.removeprefix("/api/v1"))
    content = b"".join(reply.streaming_content)
    return reply["Content-Type"], Picture.open(io.BytesIO(content)).size, content


def test_the_bytes_are_kept_with_their_hash_and_the_size_and_turn_of_the_upright_original(project: Project) -> None:
    content = photo((60, 40), turn=6)
    image = store_image(project, content)
    assert image.original.read() == content
    assert (image.sha256, image.original_type) == (hashlib.sha256(content).hexdigest(), "image/jpeg")
    assert (image.width, image.height, image.turn) == (40, 60, 6)


def test_the_same_bytes_again_are_the_same_row_and_are_not_decoded_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store_image(project, photo())
    monkeypatch.setattr(images, "reencode", None)
    assert store_or_find(project, photo()) == (first, False)


def test_other_bytes_with_the_same_pixels_are_another_original(project: Project) -> None:
    content = picture(kind="JPEG")
    assert store_image(project, content).sha256 != store_image(project, content + b"\0").sha256


def test_who_stores_the_same_picture_at_the_same_moment_leaves_one_row_and_its_files(
    project: Project, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def others_are_quicker(content: bytes) -> Any:
        monkeypatch.setattr(images, "reencode", reencode)
        store_image(project, content)
        return reencode(content)

    monkeypatch.setattr(images, "reencode", others_are_quicker)
    image, is_new = store_or_find(project, photo())
    files = {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
    assert (Image.objects.get(), is_new) == (image, False)
    assert files == {settings.MEDIA_ROOT / file.name for file in (image.original, image.file, image.thumbnail)}


@pytest.mark.parametrize(("turn", "size"), [(1, LARGE), (6, LARGE[::-1])])
def test_a_large_picture_is_served_scaled_and_in_full_size_in_one_frame(
    project: Project, bob: Api, turn: int, size: tuple[int, int]
) -> None:
    task_of(project, image=photo(LARGE, turn))
    assignment = leased(bob)
    image = assignment["image"]
    assert assignment["pictures"] == {"image": image}
    assert (image["width"], image["height"]) == size
    assert assignment["data"] == {"image": image["url"]}
    scaled, full = got(bob, image["url"]), got(bob, f"{image['url']}?size=full")
    assert (max(scaled[1]), full[1]) == (4096, size)
    for _kind, _size, content in (scaled, full):
        assert b"secret" not in content
        assert dict(Picture.open(io.BytesIO(content)).getexif()) == {}


def test_a_picture_that_is_not_scaled_has_one_copy_for_both(project: Project, bob: Api) -> None:
    image = store_image(project, photo())
    assert not image.full
    task_of(project, image=photo())
    url = leased(bob)["image"]["url"]
    assert got(bob, url) == got(bob, f"{url}?size=full")


def test_each_picture_of_a_task_that_has_several_has_an_address_of_its_own(project: Project, bob: Api) -> None:
    task_of(project, **{"left/ü": photo((60, 40)), "right": photo((30, 20))})
    assignment = leased(bob)
    assert (assignment["data"], "image" in assignment) == ({}, False)
    sizes = {name: (each["width"], each["height"]) for name, each in assignment["pictures"].items()}
    assert sizes == {"left/ü": (60, 40), "right": (30, 20)}
    assert {name: got(bob, each["url"])[1] for name, each in assignment["pictures"].items()} == sizes
    reply = bob("GET", f"/assignments/{assignment['token']}/image?field=middle")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_image")


def test_a_worker_is_told_no_hash_of_the_original(project: Project, bob: Api) -> None:
    image = task_of(project, left=photo((60, 40)), right=photo((30, 20))).image
    assert image is not None
    assignment = leased(bob)
    replies = [bob("GET", each["url"].removeprefix("/api/v1")) for each in assignment["pictures"].values()]
    assert [reply["Content-Disposition"] for reply in replies] == ['inline; filename="picture.jpg"'] * 2
    told = repr([assignment, *(dict(reply.headers) for reply in replies)])
    assert image.sha256[2:20] not in told


def test_owners_get_the_original_and_nobody_else_does(project: Project, alice: Api, bob: Api) -> None:
    content = photo(turn=3)
    sha256 = store_image(project, content).sha256
    address = f"/projects/birds/pictures/{sha256}/original"
    reply = alice("GET", address)
    assert (b"".join(reply.streaming_content), reply["Content-Type"]) == (content, "image/jpeg")
    assert reply["Content-Disposition"] == f'attachment; filename="{sha256}.jpeg"'
    assert bob("GET", address).json()["code"] == "role_required"
    assert alice("GET", f"/projects/birds/pictures/{'0' * 64}/original").json()["code"] == "no_image"


def test_a_picture_stays_when_something_else_of_its_task_changes(project: Project) -> None:
    image = task_of(project, image=photo()).image
    add_tasks(project, [TaskRecord("t", {"text": "A bird"})])
    task = Task.objects.get()
    assert (task.image, task.frames, task.data) == (image, {"image": [60, 40]}, {"text": "A bird"})
    add_tasks(project, [TaskRecord("t", {"text": "A bird"}, pictures={"image": store_image(project, picture())})])
    task.refresh_from_db()
    assert (task.image == image, task.frames) == (False, {"image": [6, 4]})
