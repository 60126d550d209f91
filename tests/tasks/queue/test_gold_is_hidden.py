"""Gold must not show: not in bytes, headers, order or work done, nor by coming twice or alone."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project
from tasks.intake.prelabels import add_prelabels
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.leases import expire_leases, hand_back
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.responses.undo import skip
from tests.cast import NO, YES, Api, without_times, worker_of

URL = "/projects/birds/assignments"
PLENTY = 1000
Shape = tuple[Any, ...]


class Chance(random.Random):
    """Dice that always fall the same way."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


class First(random.Random):
    """Dice that fall low once, and high ever after."""

    def __init__(self) -> None:
        super().__init__(0)
        self.values = iter([0.0])

    def random(self) -> float:
        return next(self.values, 0.999)


ALWAYS, NEVER = Chance(0.0), Chance(0.999)


def fill(project: Project, *, work: int, gold: int) -> Project:
    """Every text is as long as every other, so that lengths may be compared."""
    add_tasks(project, [TaskRecord(f"t{n}", {"text": f"Bird {n:03}?"}) for n in range(work + gold)])
    set_purpose(Task.objects.order_by("pk").values_list("pk", flat=True)[:gold], "gold")
    project.gold_rate = 0.1
    project.save()
    return project


def is_gold(assignment: Assignment) -> bool:
    return Task.objects.get(pk=assignment.task_id).purpose == "gold"


# The same request twice


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kind_of(sql: str) -> tuple[str, ...]:
    """A statement's verb and tables: which columns of a row it sets, nobody can measure."""
    verb = "UPDATE" if "UPDATE" in sql.replace("NO KEY UPDATE", "") else sql.split(maxsplit=1)[0]
    return (verb, *re.findall(r"\b(?:tasks|projects|people|quality)_[a-z]+\b", sql))


def body_shape(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: body_shape(value) for key, value in body.items()}
    if isinstance(body, list):
        return [body_shape(each) for each in body]
    return type(body), len(without_times(str(body)))


def shape_of(api: Api, method: str, path: str, body: Any = None) -> tuple[Any, Shape]:
    """A reply, and all of it that somebody could measure: status, headers, length, structure, and
    the work it took."""
    with CaptureQueriesContext(connection) as captured:
        reply = api(method, path, body)
    structure = body_shape(reply.json()) if reply.content else None
    length = len(without_times(reply.content.decode("latin-1")))
    headers = {name: value for name, value in reply.headers.items() if name != "Content-Length"}
    statements = [kind_of(query["sql"]) for query in captured]
    return reply, (reply.status_code, headers, length, structure, statements)


VERBS: tuple[tuple[str, str, Any], ...] = (
    ("PUT", "/response", {"answer": "yes", "seconds": 1.5}),
    ("PUT", "/response?next=1", {"answer": "yes", "seconds": 1.5}),
    ("PUT", "/response", {"answer": "maybe"}),
    ("POST", "/skip", {"reason": "unclear"}),
    ("POST", "/extend", None),
    ("POST", "/return", None),
    ("GET", "/image", None),
    ("DELETE", "/response", None),
)


def everything_about(api: Api, token: str) -> list[Shape]:
    """What each request on a lease looks like, and what the second and the undoing one after an
    answer do."""
    shapes = [shape_of(api, "GET", URL)[1]]
    for method, path, body in VERBS:
        with undone():
            shapes.append(shape_of(api, method, f"/assignments/{token}{path}", body)[1])
    with undone():
        for answer in ("yes", "yes", "no"):
            shapes.append(shape_of(api, "PUT", f"/assignments/{token}/response", {"answer": answer})[1])
        shapes += [shape_of(api, "DELETE", f"/assignments/{token}/response")[1] for _again in range(2)]
    return shapes


@pytest.mark.parametrize("model", ["", "net"])
def test_requests_on_gold_and_on_ordinary_tasks_are_alike_to_the_byte_and_the_statement(
    project: Project, bob: Api, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    fill(project, work=70, gold=20)
    add_prelabels(project, "net", {task.external_id: [[YES, 1.0]] for task in Task.objects.all()})
    Project.objects.update(shown_model=model, blind_share=0.0)
    bob("POST", URL)  # the first visit sets up the queue state
    seen: Counter[bool] = Counter()
    for n in range(60):
        shapes = []
        for chance in (ALWAYS, NEVER):
            monkeypatch.setattr("tasks.queue.leasing.CHANCE", chance)
            with undone():
                reply, shape = shape_of(bob, "POST", URL)
                token = reply.json()["assignments"][0]["token"]
                seen[is_gold(Assignment.objects.get(token=token))] += 1
                shapes.append([shape, *(everything_about(bob, token) if n % 10 == 0 else [])])
        assert shapes[0] == shapes[1]
        monkeypatch.setattr("tasks.queue.leasing.CHANCE", (ALWAYS, NEVER)[n % 2])
        token = bob("POST", URL).json()["assignments"][0]["token"]
        bob("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    assert min(seen[True], seen[False]) >= 30  # and when all gold was used up, chance changed nothing either


@pytest.mark.parametrize("count", [2, 5])
def test_several_leases_at_once_look_alike_with_gold_among_them_and_without(
    project: Project, bob: Api, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    fill(project, work=30, gold=10)
    bob("POST", URL)
    shapes = []
    for chance in (First(), NEVER):
        monkeypatch.setattr("tasks.queue.leasing.CHANCE", chance)
        with undone():
            reply, shape = shape_of(bob, "POST", URL, {"count": count})
            gold = [is_gold(Assignment.objects.get(token=a["token"])) for a in reply.json()["assignments"]]
            shapes.append((len(gold), any(gold) and not all(gold), shape))
    (with_gold, without) = shapes
    assert (with_gold[:2], without[:2]) == ((count, True), (count, False))
    assert with_gold[2] == without[2]


def test_neither_reply_nor_list_puts_gold_in_a_place_of_its_own(
    project: Project, new_worker: Callable[[], Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(project, work=10, gold=10)
    Project.objects.update(min_responses=PLENTY, max_responses=PLENTY)
    Task.objects.update(answers_needed=PLENTY)
    first_half = iter([0.0, 0.0, 0.999, 0.999] * 40)
    monkeypatch.setattr("tasks.queue.leasing.CHANCE", type("Dice", (), {"random": lambda _self: next(first_half)})())
    golden = set(Task.objects.filter(purpose="gold").values_list("data__text", flat=True))
    cursors: dict[str, set[int]] = {"leased": set(), "listed": set()}
    for _n in range(40):
        worker = new_worker()
        replies = {"leased": worker("POST", URL, {"count": 4}), "listed": worker("GET", URL)}
        for name, reply in replies.items():
            texts = [assignment["data"]["text"] for assignment in reply.json()["assignments"]]
            assert sum(text in golden for text in texts) == 2
            cursors[name] |= {n for n, text in enumerate(texts) if text in golden}
    assert cursors == {"leased": {0, 1, 2, 3}, "listed": {0, 1, 2, 3}}


# How much of it comes, and which


@pytest.mark.parametrize(("gold_seen", "least", "most"), [(0, 0.24, 0.36), (10, 0.11, 0.23), (1000, 0.06, 0.15)])
def test_rate_falls_from_three_times_the_rate_of_the_project_to_it(
    project: Project, bob: Api, gold_seen: int, least: float, most: float
) -> None:
    fill(project, work=10, gold=10)
    worker, dice = worker_of(bob, project), random.Random(gold_seen)
    QueueState.objects.create(worker=worker, gold_leased=gold_seen)
    gold = 0
    for _n in range(40):
        with undone():
            gold += sum(map(is_gold, lease_tasks(worker=worker, count=10, rng=dice)[0]))
    assert least < gold / 400 < most


def test_exposure_is_even(project: Project, new_worker: Callable[[], Api]) -> None:
    fill(project, work=10, gold=7)
    Task.objects.update(answers_needed=PLENTY)
    for n in range(30):
        worker = worker_of(new_worker(), project)
        for _m in range(1 + n % 7):
            assert is_gold(lease_tasks(worker=worker, rng=ALWAYS)[0][0])
    seen = Counter(Assignment.objects.values_list("task_id", flat=True))
    assert len(seen) == 7
    assert max(seen.values()) - min(seen.values()) <= 1


def test_new_gold_joins_the_rest_and_is_not_shown_before_it(project: Project, new_worker: Callable[[], Api]) -> None:
    fill(project, work=10, gold=3)
    Task.objects.update(answers_needed=PLENTY)

    def shown() -> int:
        return lease_tasks(worker=worker_of(new_worker(), project), rng=ALWAYS)[0][0].task_id

    old = [shown() for _n in range(6)]
    new = Task.objects.get(external_id="t5").pk
    set_purpose([new], "gold")
    assert old[:3] == old[3:]
    assert [shown() for _n in range(4)] == [*old[:3], new]


@pytest.mark.parametrize("rng", [ALWAYS, NEVER])
def test_what_was_let_go_comes_again_first_and_in_order_and_only_what_was_answered_or_skipped_never(
    project: Project, bob: Api, rng: random.Random
) -> None:
    fill(project, work=10, gold=6)
    worker = worker_of(bob, project)
    first = [lease_tasks(worker=worker, rng=rng)[0][0] for _n in range(6)]
    skip(assignment=first[0])
    bob("PUT", f"/assignments/{first[1].token}/response", {"answer": "yes"})
    for each in (first[4], first[2]):
        bob("POST", f"/assignments/{each.token}/return")
    Assignment.objects.filter(pk__in=[first[3].pk, first[5].pk]).update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()
    again = [lease_tasks(worker=worker, rng=dice)[0][0].task_id for dice in (ALWAYS, NEVER, ALWAYS, NEVER)]
    assert again == [each.task_id for each in first[2:]]
    assert lease_tasks(worker=worker, rng=rng)[0][0].task_id not in {each.task_id for each in first}
    assert {is_gold(each) for each in first} == {rng is ALWAYS}


def test_what_was_let_go_comes_again_although_others_have_finished_it_and_its_answer_is_surplus(
    project: Project, bob: Api, new_worker: Callable[[], Api]
) -> None:
    fill(project, work=2, gold=0)
    Task.objects.filter(external_id="t0").update(answers_needed=1)
    worker, other = worker_of(bob, project), new_worker()
    (lease,), _reason = lease_tasks(worker=worker)
    bob("POST", f"/assignments/{lease.token}/return")
    (theirs,), _reason = lease_tasks(worker=worker_of(other, project))
    assert theirs.task_id == lease.task_id
    assert other("PUT", f"/assignments/{theirs.token}/response", {"answer": "yes"}).status_code == 201
    (again,) = bob("POST", URL).json()["assignments"]
    assert again["data"] == lease.task.data
    assert bob("PUT", f"/assignments/{again['token']}/response", {"answer": "no"}).status_code == 201
    task = Task.objects.get(pk=lease.task_id)
    assert (task.answers_needed, task.answers_counted, task.leases_live) == (1, 1, 0)
    assert dict(task.responses.values_list("answer", "counted")) == {YES: True, NO: False}


def test_a_lease_without_a_slot_fills_one_that_is_free_when_the_answer_comes(
    project: Project, bob: Api, new_worker: Callable[[], Api]
) -> None:
    fill(project, work=1, gold=0)
    Task.objects.update(answers_needed=1)
    worker, other = worker_of(bob, project), worker_of(new_worker(), project)
    (lease,), _reason = lease_tasks(worker=worker)
    hand_back(assignment=lease)
    (theirs,), _reason = lease_tasks(worker=other)
    (again,), _reason = lease_tasks(worker=worker)
    assert [Assignment.objects.get(pk=each.pk).holds_slot for each in (theirs, again)] == [True, False]
    skip(assignment=theirs)
    assert bob("PUT", f"/assignments/{again.token}/response", {"answer": "yes"}).status_code == 201
    task = Task.objects.get()
    assert (task.answers_counted, task.leases_live, task.responses.get().counted) == (1, 0, True)


@pytest.mark.parametrize("gold", [0, 1])
def test_a_late_answer_can_be_taken_back_whether_or_not_it_counted(
    project: Project, bob: Api, new_worker: Callable[[], Api], gold: int
) -> None:
    fill(project, work=1, gold=gold)
    Task.objects.update(answers_needed=1)
    other = worker_of(new_worker(), project)
    (lease,), _reason = lease_tasks(worker=worker_of(bob, project), rng=ALWAYS)
    hand_back(assignment=lease)
    (theirs,), _reason = lease_tasks(worker=other, rng=NEVER)
    assert bob("PUT", f"/assignments/{lease.token}/response", {"answer": "yes"}).status_code == 201
    assert Response.objects.get().counted == bool(gold)
    first, again = (bob("DELETE", f"/assignments/{lease.token}/response") for _n in range(2))
    assert (first.status_code, first.json()["data"], first.content) == (200, lease.task.data, again.content)
    assert bob("PUT", f"/assignments/{first.json()['token']}/response", {"answer": "no"}).status_code == 201
    assert list(Response.objects.filter(replaced_at=None).values_list("answer", "counted")) == [(NO, bool(gold))]
    skip(assignment=theirs)
    assert set(Task.objects.values_list("purpose", "answers_counted", "leases_live")) == {
        ("work", 0, 0),
        *[("gold", 1, 0)] * gold,
    }


def test_gold_is_never_handed_out_alone(project: Project, bob: Api, new_worker: Callable[[], Api]) -> None:
    fill(project, work=2, gold=6)
    for _n in range(3):
        lease_tasks(worker=worker_of(new_worker(), project), count=2, rng=NEVER)
    assert lease_tasks(worker=worker_of(bob, project), count=4, rng=ALWAYS) == ([], "no_tasks")


def test_answers_to_gold_fill_no_slots(project: Project, new_worker: Callable[[], Api]) -> None:
    fill(project, work=10, gold=1)
    for _n in range(6):  # twice as many as an ordinary task would be asked
        api = new_worker()
        (assignment,), _reason = lease_tasks(worker=worker_of(api, project), rng=ALWAYS)
        assert is_gold(assignment)
        assert api("PUT", f"/assignments/{assignment.token}/response", {"answer": "no"}).status_code == 201
    assert Membership.objects.filter(queue_state__gold_leased=1).count() == 6
