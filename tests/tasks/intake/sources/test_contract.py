"""What holds of every source."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from crowd.errors import CrowdError
from crowd.projects.models import Project
from quality.models import GoldAnswer
from tasks.errors import UnsupportedFormat
from tasks.intake import imports
from tasks.intake.sources.announced import Announced
from tasks.intake.sources.registry import SOURCES, names, recognised
from tasks.models import Image, Import, Response, Task
from tasks.pages import UploadForm
from tests.cast import Api
from tests.tasks.intake.sources.examples import EXAMPLES, Example

READ = [name for name, source in SOURCES.items() if not isinstance(source, Announced)]
ANNOUNCED = [name for name in SOURCES if name not in READ]

every_source = pytest.mark.parametrize(("name", "example"), [(name, EXAMPLES[name]) for name in READ], ids=READ)


def sent(project: Project, alice: Api, name: str, content: bytes, example: Example) -> dict[str, Any]:
    """The report on a file, or the refusal of it: at once or by the job."""
    file = ContentFile(content, name=example.name)
    try:
        job = imports.start_import(project=project, actor=alice.user, file=file, table_format=name, **example.options)
    except CrowdError as error:
        return {"detail": error.detail, "errors": error.errors}
    imports.run_import(job.pk)
    return dict(Import.objects.values_list("report", flat=True).get(pk=job.pk))


def stored() -> list[Any]:
    """All that imports leave in the database, but for when."""
    return [
        sorted(Task.objects.values_list("external_id", "data", "image", "answers_counted", "priority"), key=repr),
        sorted(Response.objects.values_list("task", "worker__name", "answer", "replaced_at"), key=repr),
        sorted(GoldAnswer.objects.values_list("task", "answer", "explanation"), key=repr),
        sorted(Image.objects.values_list("sha256", "file"), key=repr),
    ]


@every_source
def test_the_report_counts_every_row_and_member(project: Project, alice: Api, name: str, example: Example) -> None:
    report = sent(project, alice, name, example.good, example)

    parts = ("created", "updated", "unchanged", "rejected", "left_out")
    assert sum(report.get(part, 0) for part in parts) == example.members
    assert report["created"] == Task.objects.count() == 2


@every_source
def test_the_same_file_again_changes_nothing(project: Project, alice: Api, name: str, example: Example) -> None:
    sent(project, alice, name, example.good, example)
    before = stored()

    report = sent(project, alice, name, example.good, example)

    assert stored() == before
    assert (report["created"], report["unchanged"]) == (0, 2)


@every_source
def test_what_is_wrong_is_named_by_its_place_and_stored_not_even_by_half(
    project: Project, alice: Api, name: str, example: Example
) -> None:
    report = sent(project, alice, name, example.bad, example)

    faults = report.get("errors") or report["rejections"]
    assert [{part: fault[part] for part in example.place} for fault in faults] == [example.place]
    assert (Task.objects.count(), Image.objects.count()) == (example.keeps, example.keeps)
    assert (Response.objects.count(), GoldAnswer.objects.count()) == (0, 0)


@every_source
def test_nothing_at_all_is_refused_with_a_reason(project: Project, alice: Api, name: str, example: Example) -> None:
    assert sent(project, alice, name, b"", example)["detail"]
    assert stored() == [[], [], [], []]


@pytest.mark.parametrize("example", [each for each in EXAMPLES.values() if each.found], ids=lambda each: each.found)
def test_a_file_is_recognised_by_what_it_begins_with_and_by_its_name(example: Example) -> None:
    assert recognised(ContentFile(example.good, name=example.name)).name == example.found


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("x.csv", b'{"id": 1}', "jsonl"),
        ("x.jsonl", b"[1]", "jsonl"),
        ("x.zip", b"{", "auto-zip"),
        ("x.jsonl", b"PK\3\4", "auto-zip"),
        ("X.XLSX", b"PK\3\4", "csv"),
        ("x.dat", b"id;text", "csv"),
        ("", b"", "csv"),
    ],
)
def test_what_a_file_holds_counts_more_than_its_name(name: str, content: bytes, found: str) -> None:
    assert recognised(ContentFile(content, name=name)).name == found


@pytest.mark.parametrize("name", ANNOUNCED)
def test_what_is_only_announced_is_refused_by_name(project: Project, alice: Api, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=name):
        imports.start_import(project=project, actor=alice.user, file=ContentFile(b"{}", name="x"), table_format=name)
    assert not Import.objects.exists()


def test_the_document_and_the_page_offer_what_there_is(alice: Api) -> None:
    schemas = alice("GET", "/schema", Accept="application/vnd.oai.openapi+json").json()["components"]["schemas"]
    form = schemas["ImportRequest"]["properties"]["format"]
    enum = schemas[form["allOf"][0]["$ref"].rpartition("/")[2]] if "allOf" in form else form

    assert enum["enum"] == names()
    assert set(dict(UploadForm.FORMATS)) == {name for name in names() if name not in ANNOUNCED}


def test_another_name_is_refused_with_the_field(project: Project, alice: Api) -> None:
    file = SimpleUploadedFile("x.csv", b"id,text\na,b\n")
    reply = alice(
        "POST", "/projects/birds/imports", {"file": file, "format": "votes-csv"}, content_type="multipart/form-data"
    )
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "format")
