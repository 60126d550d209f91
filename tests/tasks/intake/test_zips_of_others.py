"""Zips as Windows, macOS and phones write them, and as nobody should."""

import io
import struct
import unicodedata
import zipfile

import pytest
from PIL import Image as Picture
from PIL import ImageCms

from benchmarks.hostile_pictures.corpus import HOSTILE
from crowd.errors import TooLarge
from crowd.projects.answer_kinds import shown_of
from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from quality.models import GoldAnswer
from tasks.intake import archives, picture_zips
from tasks.intake.archives import open_archive
from tasks.intake.zip_directory import read_directory
from tasks.models import Image, Import, Task
from tests.cast import Api, picture
from tests.tasks.intake.test_archives import imported, zipped


def zipped_as_bytes(members: dict[bytes, bytes]) -> bytes:
    """A zip whose names are these bytes, with no word on their encoding."""
    stand_ins = {f"{n:02}".ljust(len(name), "_"): name for n, name in enumerate(members)}
    content = zipped(dict(zip(stand_ins, members.values(), strict=True)))
    for stand_in, name in stand_ins.items():
        content = content.replace(stand_in.encode(), name)
    return content


@pytest.fixture
def kinds(alice: Api) -> Project:
    """A project of classes whose names are not ASCII."""
    classes = [{"name": name} for name in ("café", "thé", "猫")]
    return create_project(owner=alice.user, slug="birds", name="Kinds", schema={"type": "choice", "classes": classes})


@pytest.mark.parametrize(
    "names",
    [
        ["café/1.png".encode(), "thé/2.png".encode()],
        [unicodedata.normalize("NFD", name).encode() for name in ("café/1.png", "thé/2.png")],
        ["café/1.png".encode("cp437"), "thé/2.png".encode("cp437")],
        ["猫/été.png".encode(), "café/1.png".encode()],
        ["猫/照片 1.png".encode("gbk"), "猫/貓.png".encode("gbk")],
        [b"photos\\" + "café\\1.png".encode("cp437")],
    ],
    ids=["UTF-8", "NFD", "DOS", "UTF-8, also Chinese", "Chinese Windows", "backslashes"],
)
def test_folders_whose_names_say_no_encoding_are_the_classes_they_mean(
    kinds: Project, alice: Api, names: list[bytes]
) -> None:
    pictures = {name: picture(size=(n + 1, 2)) for n, name in enumerate(names)}
    report = imported(alice, zipped_as_bytes(pictures))["report"]
    assert (report["format"], report["created"], report["rejected"]) == ("imagenet-zip", len(names), 0)
    gold = dict(GoldAnswer.objects.values_list("task__external_id", "answer"))
    assert len(gold) == len(names)
    assert all(shown_of(kinds)(answer) in task.split("/") for task, answer in gold.items())


def test_names_as_macos_writes_them_are_those_of_everybody_else(kinds: Project, alice: Api) -> None:
    decomposed = unicodedata.normalize("NFD", "café/1.png")
    assert decomposed != "café/1.png"
    imported(alice, zipped({decomposed: picture()}))
    assert imported(alice, zipped({"café/1.png": picture()}))["report"]["unchanged"] == 1
    assert shown_of(kinds)(GoldAnswer.objects.get().answer) == "café"


def test_every_file_of_a_zip_is_accounted_for(project: Project, alice: Api) -> None:
    jpeg = picture("red", kind="JPEG")
    members = {
        "a.jpg": jpeg,
        "b.jfif": jpeg,
        "c.jpe": picture("blue", kind="JPEG"),
        "d": jpeg,
        "e.txt": picture("green"),
    }
    members |= {"photo.heic": b"\0\0\0\x18ftypheic" + b"\0" * 40, "old.HEIC": b"torn", "notes.txt": b"hello", "f/": b""}
    members |= {".DS_Store": b"x", "__MACOSX/._a.jpg": b"x", "sub/Thumbs.db": b"x", "x" * 301 + ".png": picture()}
    members |= {"line\nbreak.png": picture()}
    report = imported(alice, zipped(members))["report"]
    reasons = {each["file"]: each["reason"] for each in report["rejections"]}
    assert (report["created"], report["rejected"], report["left_out"], report["noted"]) == (5, 5, 3, 2)
    assert (report["format"], report["because"]) == ("images-zip", "not all of its pictures lie in folders")
    assert reasons["photo.heic"] == "HEIC can't be read here; convert it to JPEG or PNG"
    assert reasons["old.HEIC"].endswith("; convert HEIC pictures to JPEG or PNG")
    assert reasons["notes.txt"].startswith("not a picture in a known format")
    assert reasons["x" * 300] == "its name has more than 300 characters"
    assert reasons["line\\nbreak.png"] == "its name holds control characters"
    assert [each["file"] for each in report["omissions"]] == [".DS_Store", "__MACOSX/._a.jpg", "sub/Thumbs.db"]
    assert report["notes"] == [
        {"file": "b.jfif", "reason": "the same picture as a.jpg"},
        {"file": "d", "reason": "the same picture as a.jpg"},
    ]
    assert (Task.objects.count(), Image.objects.count()) == (5, 3)


def test_what_decodes_comes_in_whatever_it_is_called(project: Project, alice: Api) -> None:
    assert imported(alice, zipped({"a.img": picture("red"), "b.001": picture("blue")}))["report"]["created"] == 2


def test_what_was_guessed_is_said(project: Project, alice: Api) -> None:
    several = io.BytesIO()
    Picture.new("RGB", (6, 4), "red").save(
        several, "GIF", save_all=True, append_images=[Picture.new("RGB", (6, 4), "blue")]
    )
    plain = imported(alice, zipped({"yes/a.gif": several.getvalue(), "maybe/b.png": picture("blue")}))
    folders = imported(alice, zipped({"yes/c.png": picture("green"), "read me.txt": b"hello"}))
    assert plain["report"]["because"] == "not every folder is called after a class: maybe"
    assert plain["report"]["notes"] == [
        {"file": "yes/a.gif", "reason": "it holds several pictures, of which the first was taken"}
    ]
    assert (folders["format"], folders["report"]["because"]) == ("imagenet-zip", "every folder is called after a class")
    assert folders["report"]["rejections"] == [
        {"file": "read me.txt", "reason": "its folder is not a class of the project"}
    ]


def test_after_many_costly_pictures_the_rest_of_a_zip_is_not_decoded(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_zips, "MAX_COSTLY", 2)
    costly = HOSTILE["WebP, 50 Mpx"]()
    members = {"0.png": picture(), "1.webp": costly, "2.webp": costly, "3.webp": costly, "4.png": picture("blue")}
    report = imported(alice, zipped(members))["report"]
    assert (report["created"], report["rejected"]) == (1, 4)
    assert [each["reason"].partition(":")[0] for each in report["rejections"]] == [
        "takes more than 460 MB to decode",
        "takes more than 460 MB to decode",
        "not decoded",
        "not decoded",
    ]


def listing(n: int, *, said: int | None = None, zip64: bool = False, comment: bytes = b"") -> bytes:
    """The end of a zip that lists so many members, and says so or something else."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed, number = entry * n, n if said is None else said
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, len(comment))
    if not zip64:
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(listed), 0, len(comment))
        return listed + end + comment
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number, len(listed), 0)
    return listed + wide + struct.pack("<4sLQL", b"PK\6\7", 0, len(listed), 1) + end + comment


@pytest.mark.parametrize(
    "content",
    [
        listing(70_000, zip64=True),
        listing(70_000, said=1),
        listing(70_000, said=1, zip64=True),
        listing(70_000, said=1, comment=b"PK\1\2" * 1000),
        b"before" * 100 + listing(70_000, said=70_000 & 0xFFFF),
    ],
    ids=["zip64", "a lie", "a lie in zip64", "a comment", "something before it"],
)
def test_members_are_counted_as_zipfile_lists_them(content: bytes) -> None:
    assert len(zipfile.ZipFile(io.BytesIO(content)).infolist()) == 70_000
    directory = read_directory(io.BytesIO(content), 1_000_000)
    assert directory is not None
    assert directory.members == 70_000
    assert read_directory(io.BytesIO(content), 10).members == 11  # type: ignore[union-attr]


def test_a_list_that_is_too_long_is_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(TooLarge, match="more than 1,000 files"):
        open_archive(io.BytesIO(listing(1001, said=1)))


def test_a_long_list_is_left_to_the_job_and_refused_there(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 20_000)
    state = imported(alice, listing(20_001, said=1), format="imagenet-zip")
    assert (state["state"], state["report"]["code"]) == ("failed", "too_large")


@pytest.mark.parametrize("torn", [b"PK\5\6", b"PK\5\6" + b"\xff" * 18, b"PK\3\4" + b"\0" * 100, b""])
def test_what_is_no_zip_lists_nothing(torn: bytes) -> None:
    assert read_directory(io.BytesIO(torn), 10) is None


def test_nothing_but_pixels_is_served(project: Project, alice: Api, bob: Api) -> None:
    exif = Picture.Exif()
    exif[0x010E], exif[0x0131] = "secret place", "secret program"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        content = io.BytesIO()
        Picture.new("RGB", (9, 9), (len(kind), 9, 9)).save(content, kind, exif=exif, icc_profile=profile)
        assert b"secret" in content.getvalue()
        imported(alice, zipped({f"{kind}.x": content.getvalue(), "ok.png": picture()}))
    assert Import.objects.filter(state="done").count() == 4
    for assignment in bob("POST", "/projects/birds/assignments", {"count": 5}).json()["assignments"]:
        reply = bob("GET", assignment["data"]["image"].removeprefix("/api/v1"))
        served = b"".join(reply.streaming_content)
        kept = Picture.open(io.BytesIO(served))
        assert b"secret" not in served
        assert {"icc_profile", "exif", "xmp", "comment"} & kept.info.keys() == set()
        assert dict(kept.getexif()) == {}
