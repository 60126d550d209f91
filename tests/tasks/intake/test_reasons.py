"""Why a picture or a table is refused can be told in the language of whoever reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import polib  # type: ignore[import-untyped]
import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from pytest_django import Settings

from crowd.paths import ROOT
from crowd.projects.models import Project
from tasks.errors import InvalidFile
from tasks.imaging import REASONS
from tasks.imaging.pictures import FIRST_TAKEN, SCALED
from tasks.intake.imports import run_import, start_import
from tasks.models import Import
from tests.cast import Api, picture
from tests.tasks.intake.test_archives import zipped

TEXTS = {
    "{n} cells under a header of {width}": "{n} Zellen unter {width} Titeln",
    "{reason}; convert {kind} pictures to JPEG or PNG": "{reason}; {kind} bitte als JPEG oder PNG speichern",
    "not a picture in a known format (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF)": "kein bekanntes Bildformat",
    "{problem}.": "{problem}.",
}


@pytest.fixture
def german(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """German, of which there are these texts alone."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    catalogue.extend(polib.POEntry(msgid=english, msgstr=german) for english, german in TEXTS.items())
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("de"):
        yield


def started(project: Project, alice: Api, content: bytes, name: str) -> Import:
    file = ContentFile(content, name=name)
    return start_import(project=project, actor=alice.user, file=file, table_format="auto")


def test_reasons_of_pictures_are_translated(project: Project, alice: Api, german: None) -> None:
    members = {"good.png": picture(), "torn.png": picture()[:40], "old.heic": b"torn"}
    job = started(project, alice, zipped(members), "pictures.zip")
    run_import(job.pk)

    job.refresh_from_db()
    assert {each["file"]: each["reason"] for each in job.report["rejections"]} == {
        "torn.png": "kein bekanntes Bildformat",
        "old.heic": "kein bekanntes Bildformat; HEIC bitte als JPEG oder PNG speichern",
    }


def test_reasons_of_tables_are_translated(project: Project, alice: Api, german: None) -> None:
    with pytest.raises(InvalidFile) as refused:
        started(project, alice, b"id,text\na,one,more\n", "tasks.csv")
    assert [each["detail"] for each in refused.value.errors] == ["3 Zellen unter 2 Titeln."]


def test_those_who_translate_are_given_every_reason() -> None:
    """Each text stands in a call by which Django's `makemessages` finds it."""
    sources = [*(ROOT / "tasks" / "imaging").glob("*.py"), *(ROOT / "quality" / "formats").glob("*.py")]
    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [(call.func.id, call.args) for call in calls if isinstance(call.func, ast.Name)]
    marked = {ast.literal_eval(arguments[0]) for name, arguments in named if name == "gettext_noop"}

    assert {text for text, _values in REASONS.values()} | {FIRST_TAKEN, SCALED} <= marked
    assert not [given for name, given in named if name == "Unreadable" and isinstance(given[1], ast.Constant)]
