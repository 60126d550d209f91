"""What is particular of texts in the service: what is kept of them, and what an empty one means."""

import json
from typing import Any

import pytest

from crowd.projects.models import Membership, Project, Role
from quality.models import Consensus, WorkerScore
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import differing_labels
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response
from tests.cast import Api
from tests.pages.conftest import Visit

BIRDS = "/projects/birds"


@pytest.fixture
def project(alice: Api, bob: Api) -> Project:
    schema = {"type": "text", "max_length": 200}
    quality = {"min_responses": 1, "max_responses": 3, "gold_rate": 0.0, "target_confidence": 0.9}
    made = alice("POST", "/projects", {"slug": "birds", "name": "Birds", "schema": schema, "quality": quality})
    assert made.status_code == 201, made.content
    project = Project.objects.get()
    Membership.objects.create(project=project, user=bob.user, role=Role.WORKER)
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"text": f"Sound {n}"}) for n in range(6)])
    return project


def votes(alice: Api, *rows: tuple[str, str, str]) -> Any:
    lines = "".join(json.dumps({"task": task, "worker": name, "answer": text}) + "\n" for task, name, text in rows)
    return alice("POST", f"{BIRDS}/responses/import", lines, content_type="application/x-ndjson")


def labels(alice: Api) -> dict[str, Any]:
    return {row["task"]: row for row in alice("GET", f"{BIRDS}/labels").json()["results"]}


def leased(bob: Api) -> str:
    (assignment,) = bob("POST", f"{BIRDS}/assignments", {"count": 1}).json()["assignments"]
    return f"/assignments/{assignment['token']}/response"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  two dogs \n", "two dogs"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("a\tb", "a\tb"),
        (
            "\u05d0\u05d1 \U00020bb7 \U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\u05d0\u05d1 \U00020bb7 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("\U0001f415" * 200, "\U0001f415" * 200),
        (" \n ", ""),
    ],
)
def test_texts_that_look_the_same_are_kept_the_same(bob: Api, project: Project, sent: str, kept: str) -> None:
    url = leased(bob)

    assert bob("PUT", url, {"answer": sent}).status_code == 201
    assert Response.objects.get().answer == kept
    assert bob("PUT", url, {"answer": kept}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("a\x1bb", "U+001B"),
        ("a\x7fb", "U+007F"),
        ("x" * 201, "201 characters"),
        ("\U0001f415" * 201, "201 characters"),
        ("x" * 100_000, "100000 characters"),
        (7, "7 is not a text"),
    ],
)
def test_texts_that_nobody_could_have_written_are_refused_by_name(
    bob: Api, project: Project, sent: Any, said: str
) -> None:
    reply = bob("PUT", leased(bob), {"answer": sent})

    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_answer")
    assert said in reply.json()["detail"]


@pytest.mark.parametrize("sent", ["a\x00b", "\ud800", "a\udc00"])
def test_what_no_database_holds_is_refused_before_it_is_a_text(bob: Api, project: Project, sent: str) -> None:
    reply = bob("PUT", leased(bob), {"answer": sent})

    assert (reply.status_code, reply.json()["code"]) == (400, "parse_error")
    assert "a NUL or half a surrogate pair" in reply.json()["detail"]


def test_table_of_votes_names_the_line_of_what_nobody_could_have_written(alice: Api, project: Project) -> None:
    rows = b"task,worker,answer\nt1,a,two dogs\nt1,b,a\x00b\nt1,c,a\x1bb\n"

    reply = alice("POST", f"{BIRDS}/responses/import", rows, content_type="text/csv")

    assert reply.status_code == 400
    assert {fault["line"] for fault in reply.json()["errors"]} <= {3, 4}
    assert not Response.objects.exists()


def test_ten_megabytes_are_refused_unread(bob: Api, project: Project) -> None:
    reply = bob("PUT", leased(bob), {"answer": "x" * 10_000_000})

    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert not Response.objects.exists()


def test_nothing_to_write_is_an_answer_and_a_label(alice: Api, bob: Api, project: Project) -> None:
    votes(alice, *[("t1", w, "") for w in "abc"], ("t2", "a", ""), ("t2", "b", "two dogs"), ("t2", "c", "two dogs"))

    refresh_project(project.pk)

    found = labels(alice)
    assert (found["t1"]["label"], found["t1"]["responses"], found["t1"]["detail"]) == ("", 3, {"words": []})
    assert 0.8 < found["t1"]["confidence"] < 1
    assert found["t2"]["label"] == "two dogs"
    assert (found["t3"]["label"], found["t3"]["confidence"]) == (None, None)
    rows = alice("GET", f"{BIRDS}/labels.csv").getvalue().decode().splitlines()
    assert any(row.startswith("t1,,0.") for row in rows)
    assert any(row.startswith("t3,,,") for row in rows)


def test_lone_text_is_never_certain_and_each_word_says_how_sure_it_is(alice: Api, project: Project) -> None:
    votes(
        alice,
        ("t1", "a", "two dogs run"),
        *[("t2", w, f"two {dog} run") for w, dog in zip("abc", ("dogs", "dogs", "cats"), strict=True)],
    )

    refresh_project(project.pk)

    lone, found = labels(alice)["t1"], labels(alice)["t2"]
    assert 0.5 < lone["confidence"] < 0.9
    assert found["label"] == "two dogs run"
    words = found["detail"]["words"]
    assert [word["text"] for word in words] == ["two", "dogs", "run"]
    assert words[1]["score"] < words[0]["score"] == words[2]["score"] < 1
    assert found["confidence"] == pytest.approx(sum(word["score"] for word in words) / 3, abs=1e-3)


def test_scripts_without_spaces_are_counted_in_characters(alice: Api, project: Project) -> None:
    votes(
        alice,
        *[("t1", w, text) for w, text in zip("abc", ("今天天气很好", "今天天气很好", "今天天气不好"), strict=True)],
    )

    refresh_project(project.pk)

    label = labels(alice)["t1"]
    assert label["label"] == "今天天气很好"
    assert [each["text"] for each in label["detail"]["characters"]] == list("今天天气很好")


def test_live_labels_are_those_of_the_fit(alice: Api, project: Project) -> None:
    """Whoever was right before is believed in what comes later, before the next fit."""
    said = [f"{first} {second} here" for first in ("red", "blue") for second in ("cars", "dogs", "cats")]
    for n, text in enumerate(said[:5]):
        votes(alice, (f"t{n}", "a", text), (f"t{n}", "b", text), (f"t{n}", "c", f"no {text[:3]} {n}"))
    refresh_project(project.pk)
    votes(alice, ("t5", "a", "blue cats here"), ("t5", "c", "green rats there"))
    keep_up(project)
    live = labels(alice)["t5"]
    refresh_project(project.pk)
    fitted = labels(alice)["t5"]

    assert live["label"] == fitted["label"] == "blue cats here"
    assert live["confidence"] == pytest.approx(fitted["confidence"], abs=0.03)
    assert differing_labels(project) == []


def test_gold_may_be_right_in_most_words(alice: Api, project: Project) -> None:
    right = "one two three four five six seven eight nine ten"
    alice("PUT", f"{BIRDS}/tasks/t0/gold", {"answer": right})
    votes(alice, ("t0", "a", right.replace("ten", "tin")), ("t0", "b", "one two"), ("t0", "c", right.upper() + "!"))

    refresh_project(project.pk)

    right_of = dict(WorkerScore.objects.values_list("worker__name", "gold_right"))
    assert right_of == {"a": 1, "b": 0, "c": 1}


def test_reviewer_decides_with_words_that_are_certain(alice: Api, project: Project) -> None:
    votes(alice, ("t1", "a", "two dogs"))
    alice("PUT", f"{BIRDS}/tasks/t1/adjudication", {"answer": "three dogs\nrun"})

    decided = Consensus.objects.get(task__external_id="t1")

    assert (decided.label, decided.confidence) == ("three dogs\nrun", 1.0)
    assert labels(alice)["t1"]["detail"] == {
        "words": [{"text": word, "score": 1.0} for word in ("three", "dogs", "run")]
    }


def test_agreement_counts_edits(alice: Api, project: Project) -> None:
    for n in range(4):
        votes(alice, (f"t{n}", "a", f"sound {n} is loud"), (f"t{n}", "b", f"Sound {n} is loud."))
    refresh_project(project.pk)

    found = alice("GET", f"{BIRDS}/agreement").json()

    assert found["krippendorff_alpha"]["value"] == found["percent_agreement"]["value"] == 1.0


def test_reviewers_page_takes_an_empty_text_and_says_what_it_does_not_take(
    alice: Api, visit: Visit, project: Project
) -> None:
    votes(alice, ("t1", "a", "two dogs"))
    refresh_project(project.pk)
    page = visit(alice)
    shown = page.get(f"{BIRDS}/review?task=t1")
    assert shown.context["told"] == {"data": {"text": "Sound 1"}, "label": "two dogs", "answers": ["two dogs"]}

    long = page.post(f"{BIRDS}/review/decide", {"task": "t1", "answer": "x" * 201, "seen": ""}, follow=True)
    assert "The text has 201 characters, and at most 200 are taken." in long.content.decode()
    assert long.context["case"].task.external_id == "t1"
    page.post(f"{BIRDS}/review/decide", {"task": "t1", "answer": "", "seen": ""})
    assert labels(alice)["t1"]["source"] == "adjudicated"
    assert labels(alice)["t1"]["label"] == ""

    seen = page.get(f"{BIRDS}/review?task=t1").context["case"].adjudication.version
    page.post(f"{BIRDS}/review/decide", {"task": "t1", "seen": seen})
    assert labels(alice)["t1"]["source"] == "consensus"
