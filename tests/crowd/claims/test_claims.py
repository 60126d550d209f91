"""What holds for all claimed work: one at a time does it, a kill costs seconds, and who lost it
stores nothing."""

import errno
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from crowd import claims
from crowd.claims import Claimed, ClaimLost
from crowd.holders import new_holder
from crowd.projects.models import Project
from quality.models import Fitting
from tasks.models import Import, Reordering
from tests.cast import Api
from tests.crowd.claims.work import WORK, Work
from tests.journeys.site import wait_until

pytestmark = pytest.mark.django_db
THIEF = "another-machine/1/1/00000000"


@pytest.fixture(params=WORK, ids=lambda work: work.model.__name__)
def work(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def asked(work: Work, tasks: Project, alice: Api, bob: Api) -> Any:
    """The key of the row that is claimed, where it is there from the beginning."""
    key = work.ask(tasks, alice, bob)
    if not rows(work).filter(pk=key).exists():
        rows(work).create(pk=key)
    return key


def rows(work: Work) -> Any:
    return work.model._default_manager


def hold(work: Work, key: int, holder: str, seconds: float = 60) -> None:
    until = timezone.now() + timedelta(seconds=seconds)
    rows(work).filter(pk=key).update(holder=holder, claimed_until=until, attempts=1)


def test_every_kind_of_claimed_work_is_held_to_this() -> None:
    assert {work.model for work in WORK} == {model for model in apps.get_models() if issubclass(model, Claimed)}


def test_what_is_done_is_free_and_not_done_again(work: Work, asked: int) -> None:
    before = work.outcome()
    work.run(asked)
    after = work.outcome()
    row = rows(work).filter(pk=asked).first()
    assert after != before
    assert row is None or (row.holder, row.claimed_until, row.attempts) == ("", None, 0)


def test_what_is_let_go_of_keeps_nothing_of_earlier_tries(work: Work, asked: int) -> None:
    rows(work).filter(pk=asked).update(attempts=2, next_try_at=timezone.now() - timedelta(seconds=1))
    with rows(work).claim(asked) as claim:
        claim.end()
    row = rows(work).get(pk=asked)
    assert (row.holder, row.claimed_until, row.attempts, row.next_try_at) == ("", None, 0, None)


def test_what_a_living_process_is_at_is_left_to_it(work: Work, asked: int) -> None:
    before = work.outcome()
    hold(work, asked, new_holder())
    assert asked not in work.sweep()
    work.run(asked)
    assert work.outcome() == before


def test_what_another_machine_is_at_is_free_when_nothing_was_heard_for_seconds(work: Work, asked: int) -> None:
    before = work.outcome()
    hold(work, asked, THIEF)
    left_alone = work.sweep()
    hold(work, asked, THIEF, seconds=-1)
    assert asked not in left_alone
    assert asked in work.sweep()
    work.run(asked)
    assert work.outcome() != before
    assert timedelta(seconds=30) >= claims.TERM


def test_what_a_killed_process_was_at_is_free_at_once(work: Work, asked: int) -> None:
    before = work.outcome()
    process = subprocess.Popen(["sleep", "600"])
    hold(work, asked, new_holder(process.pid))
    left_alone = work.sweep()
    process.kill()
    process.wait()
    assert asked not in left_alone
    assert asked in work.sweep()
    work.run(asked)
    assert work.outcome() != before


def test_work_whose_process_was_killed_more_than_once_rests_before_the_next_try(work: Work, asked: int) -> None:
    process = subprocess.Popen(["sleep", "600"])
    hold(work, asked, new_holder(process.pid))
    rows(work).filter(pk=asked).update(attempts=2)
    process.kill()
    process.wait()
    rows(work).free_the_dead()
    row = rows(work).get(pk=asked)
    assert (row.holder, row.claimed_until) == ("", None)
    assert timedelta(seconds=5) < row.next_try_at - timezone.now() <= timedelta(seconds=10)
    assert not rows(work).free().filter(pk=asked).exists()


@contextmanager
def stolen_when_taken(work: Work) -> Iterator[None]:
    """As when a process stands still right after it has claimed: when it goes on, somebody else has
    the work."""
    table = connection.ops.quote_name(work.model._meta.db_table)
    stolen: list[str] = []

    def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if not stolen and sql.startswith(f"UPDATE {table}") and '"ran_at"' in sql:
            stolen.append(sql)
            rows(work).update(holder=THIEF)
        return result

    with connection.execute_wrapper(run):
        yield
    assert stolen


def test_who_lost_the_work_stores_nothing_more_and_leaves_it_to_the_other(work: Work, asked: int) -> None:
    before = work.outcome()
    with stolen_when_taken(work):
        work.run(asked)
    assert work.outcome() == before
    assert rows(work).get(pk=asked).holder == THIEF


def test_what_fails_is_tried_again_later_each_time_and_at_most_so_often(work: Work, asked: int) -> None:
    waits = []
    for _ in range(10):
        with suppress(ZeroDivisionError):  # whoever runs it hears of it, too
            with rows(work).claim(asked) as claim:
                if claim is not None:
                    raise ZeroDivisionError
            break
        assert not rows(work).free().filter(pk=asked).exists()
        waits.append(rows(work).get(pk=asked).next_try_at - timezone.now())
        rows(work).update(next_try_at=None)
    assert [round(wait.total_seconds(), -1) for wait in waits[:4]] == [10, 60, 300, 300][: len(waits)]
    assert len(waits) == (work.model.TRIES or 10)
    rows(work).update(next_try_at=None)
    row = rows(work).get(pk=asked)
    assert (claim, row.holder, row.claimed_until) == (None if work.model.TRIES else claim, "", None)
    assert rows(work).free().filter(pk=asked).exists() == (work.model.TRIES is None)


@pytest.mark.parametrize(("attempts", "rest"), [(0, 10), (2, 60)])
def test_what_fails_because_the_disk_is_full_rests_and_has_as_many_tries_as_before(
    work: Work, asked: int, attempts: int, rest: int
) -> None:
    rows(work).filter(pk=asked).update(attempts=attempts)
    with suppress(OSError), rows(work).claim(asked):
        raise OSError(errno.ENOSPC, "No space left on device")
    row = rows(work).get(pk=asked)
    assert (row.holder, row.claimed_until, row.attempts) == ("", None, attempts)
    assert timedelta(seconds=rest - 5) < row.next_try_at - timezone.now() <= timedelta(seconds=rest)


def test_progress_makes_the_next_try_a_first_one(work: Work, asked: int) -> None:
    rows(work).update(attempts=2)
    with rows(work).claim(asked) as claim:
        claim.progress()
        assert rows(work).get(pk=asked).attempts == 1


def test_a_lane_that_is_full_lets_nobody_in_but_who_must(tasks: Project, settings: Any) -> None:
    settings.LANES = {"long": 1, "fits": 1}
    Reordering.objects.create(project=tasks, holder=THIEF, claimed_until=timezone.now() + timedelta(minutes=1))
    waiting = Import.objects.create(project=tasks, format="csv")
    with Import.objects.claim(waiting.pk) as refused:
        pass
    with Import.objects.claim(waiting.pk, whatever_runs=True) as let_in:
        pass
    assert (refused, let_in is None) == (None, False)


def test_what_nobody_is_at_takes_no_place_in_its_lane(tasks: Project, settings: Any) -> None:
    settings.LANES = {"long": 1, "fits": 1}
    over = timezone.now() - timedelta(minutes=1)
    Reordering.objects.create(project=tasks, holder=THIEF, claimed_until=over)
    Fitting.objects.create(project=tasks, holder=THIEF, claimed_until=timezone.now() + timedelta(minutes=1))
    waiting = Import.objects.create(project=tasks, format="csv")
    with Import.objects.claim(waiting.pk) as let_in:
        assert let_in is not None


def test_who_has_one_piece_of_work_has_it_for_seconds_and_no_other(tasks: Project) -> None:
    one, other = (Import.objects.create(project=tasks, format="csv") for _ in range(2))
    with Import.objects.claim(one.pk) as claim:
        assert claim is not None
        steps: list[Callable[[], None]] = [claim.renew, claim.progress]
        for go_on in (None, *steps):
            if go_on:
                go_on()
            (held,) = Import.objects.held()
            assert held == one
            assert held.claimed_until is not None
            assert timedelta(seconds=10) < held.claimed_until - timezone.now() <= claims.TERM
            Import.objects.filter(pk=one.pk).update(claimed_until=timezone.now())
        assert list(Import.objects.filter(pk=other.pk).values_list("holder", "attempts", "ran_at")) == [("", 0, None)]


@pytest.fixture
def waiting(transactional_db: None, tasks: Project) -> Import:
    """An import that other connections see, too."""
    return Import.objects.create(project=tasks, format="csv")


def test_of_many_at_once_one_gets_it(waiting: Import, settings: Any) -> None:
    settings.LANES = {"long": 100}
    start, end, got = threading.Barrier(6), threading.Barrier(6), []

    def try_it() -> None:
        start.wait()
        with Import.objects.claim(waiting.pk) as claim:
            got.append(claim is not None)
            end.wait()
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_a_slow_holder_keeps_its_work(waiting: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BEAT", 0.01)
    with Import.objects.claim(waiting.pk) as claim:
        assert claim is not None
        Import.objects.update(claimed_until=timezone.now())  # so much time has passed without a step
        wait_until(Import.objects.held().exists, 60)
        with Import.objects.claim(waiting.pk, whatever_runs=True) as second:
            assert second is None
        claim.renew(done=1)
    assert Import.objects.get().done == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of a server of databases")
def test_signs_of_life_keep_no_connection_for_themselves(waiting: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected() -> list[Any]:
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            return list(cursor.execute(f"SELECT pid FROM pg_stat_activity WHERE {others}").fetchall())

    monkeypatch.setattr(claims, "BEAT", 0.2)
    before = connected()
    with Import.objects.claim(waiting.pk):
        for _ in range(2):
            Import.objects.update(claimed_until=timezone.now())
            wait_until(Import.objects.held().exists, 60)
            wait_until(lambda: set(connected()) <= set(before), 60)


def test_signs_of_life_are_shown_at_intervals_and_end_with_the_work(
    waiting: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beats() -> bool:
        return any(thread.name == "claims" for thread in threading.enumerate())

    wait_until(lambda: not beats(), 60)  # of the tests before
    monkeypatch.setattr(claims, "BEAT", 0.05)
    with Import.objects.claim(waiting.pk):
        assert beats()
    wait_until(lambda: not beats(), 60)
    begun = time.monotonic()
    claims._beat()  # nothing is held: it ends, but looks only once an interval
    assert time.monotonic() - begun >= 0.05


def test_a_process_that_lost_its_signs_of_life_shows_them_again(
    waiting: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was forked while its parent had work: the thread is the parent's."""
    monkeypatch.setattr(claims, "BEAT", 0.05)
    monkeypatch.setattr(claims, "_pulse", threading.Thread())
    with Import.objects.claim(waiting.pk):
        Import.objects.update(claimed_until=timezone.now())
        wait_until(Import.objects.held().exists, 60)


def test_a_holder_is_told_that_it_lost_its_claim(waiting: Import) -> None:
    with Import.objects.claim(waiting.pk) as claim:
        assert claim is not None
        Import.objects.update(holder=THIEF)
        with pytest.raises(ClaimLost):
            claim.renew(done=1)
        with pytest.raises(ClaimLost):
            claim.end(done=1)
    assert (Import.objects.get().holder, Import.objects.get().done) == (THIEF, 0)
