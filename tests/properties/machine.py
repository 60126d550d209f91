"""Workers, owners and jobs at one queue in any order, held against the model at every step."""

import random
from collections.abc import Sequence
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crowd.projects.models import Membership, Order, Project
from tasks.errors import AssignmentClosed, UndoClosed
from tasks.models import Assignment
from tasks.queue import slots
from tasks.queue.buckets import set_urgency
from tasks.queue.leases import expire_leases, extend, hand_back, return_leases
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.queue.reordering import projects_to_reorder, reorder_tasks
from tasks.responses.submit import submit_response
from tasks.responses.undo import skip, take_back
from tasks.responses.voiding import restore_responses, void_responses
from tests.properties.books import buckets, read_books, refuse_broken_rules, refuse_differences
from tests.properties.opening import PURPOSES, open_project

TRAINING = 2
LONG_AGO = "2020-01-01T00:00:00Z"

which = st.integers(0, 99)
some = st.sets(st.integers(0, len(PURPOSES) - 1), min_size=1)
counts = st.sampled_from([1, 1, 1, 2, 3])
chances = st.integers(0, 2**32)
values = st.sampled_from(["yes", "no"])
T = TypeVar("T")


def one_of(pool: Sequence[T], n: int) -> T:
    return pool[n % len(pool)]


class Queue(RuleBasedStateMachine):
    """All of a run happens in a transaction that is rolled back, so that thousands of runs leave
    nothing behind."""

    first_order: str = Order.PRIORITY

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        dice = random.Random(0)  # what comes again does so in the order of the tokens
        self.tokens = patch("tasks.queue.claiming.new_token", lambda: f"{dice.getrandbits(64):022}")
        self.tokens.start()

    def teardown(self) -> None:
        self.tokens.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # Where it begins

    @initialize(
        minimum=st.integers(1, 2),
        more=st.integers(0, 2),
        gold_rate=st.sampled_from([0.0, 0.2, 0.5]),
        training=st.sampled_from([0, 0, TRAINING]),
    )
    def open_the_project(self, minimum: int, more: int, gold_rate: float, training: int) -> None:
        self.project, self.model = open_project(self.first_order, minimum, minimum + more, gold_rate, training)

    # Workers

    # Some rules are left out of each run, so several ask for tasks: without leases there is nothing
    # to see.

    @rule(n=which, count=counts, chance=chances)
    def lease(self, n: int, count: int, chance: int) -> None:
        self._lease(one_of(list(self.model.workers), n), count, chance)

    @rule(count=counts, chance=chances)
    def everybody_asks(self, count: int, chance: int) -> None:
        for pk in self.model.workers:
            self._lease(pk, count, chance)

    @rule(n=which, times=st.integers(1, 6), chance=chances, value=values)
    def work(self, n: int, times: int, chance: int, value: str) -> None:
        pk = one_of(list(self.model.workers), n)
        for more in range(times):
            for lease in self._lease(pk, 1, chance + more):
                self._submit(lease, value)

    @rule(ns=st.lists(which, min_size=1, max_size=8), chance=chances)
    def ask_and_go(self, ns: list[int], chance: int) -> None:
        for n in ns:
            for lease in self._lease(one_of(list(self.model.workers), n), 1, chance):
                self._let_go(lease, one_of([skip, hand_back, hand_back], n))

    def _lease(self, pk: int, count: int, chance: int) -> list[int]:
        before = buckets()
        worker = Membership.objects.select_related("project").get(pk=pk)
        leased, reason = lease_tasks(worker=worker, count=count, rng=random.Random(chance))
        if self.model.workers[pk].paused:
            assert (leased, reason) == ([], "paused")
        elif self.model.allowance(pk) <= 0:
            assert (leased, reason) == ([], "quota")
        else:
            self._check_leased(pk, count, leased, reason, before)
        for each in leased:
            self.model.lease(each.pk, each.task_id, pk)
        return [each.pk for each in leased]

    def _check_leased(
        self, pk: int, count: int, leased: list[Assignment], reason: str | None, before: dict[int, int]
    ) -> None:
        model = self.model
        if model.is_training(pk) and not model.may_have(pk, "training") and not model.held(pk):
            model.workers[pk].trained = model.training_tasks  # there is nothing left to train on, and work begins
        training = model.is_training(pk)
        given = {each.task_id for each in leased}
        wanted = min(count, model.allowance(pk))
        again = set() if training else set(model.let_go(pk)[:wanted])
        assert len(given) == len(leased) <= wanted
        assert again <= given  # what was let go comes first
        new = given - again
        gold = {task for task in new if model.tasks[task].purpose == "gold"}
        open_to = model.may_have(pk, "training" if training else "work")
        assert gold <= (set() if training else model.may_have(pk, "gold"))
        assert new - gold <= open_to
        assert reason == (None if leased else "no_tasks")
        assert bool(open_to) == bool(new) or len(again) == wanted  # new gold is never handed out alone
        assert len(leased) == wanted or new >= open_to
        if training or self.project.applied_order != "random":  # the best buckets come first
            buckets = [sorted(before[task] for task in tasks) for tasks in (new - gold, open_to)]
            assert buckets[0] == buckets[1][: len(new - gold)]

    @precondition(lambda self: self._leases("live"))
    @rule(n=which, value=values)
    def submit(self, n: int, value: str) -> None:
        self._submit(one_of(self._leases("live"), n), value)

    @precondition(lambda self: self._leases("expired", "returned"))
    @rule(n=which, value=values)
    def submit_late(self, n: int, value: str) -> None:
        self._submit(one_of(self._leases("expired", "returned"), n), value)

    @precondition(lambda self: self._leases("submitted", "skipped"))
    @rule(n=which, value=values)
    def submit_again(self, n: int, value: str) -> None:
        self._submit(one_of(self._leases("submitted", "skipped"), n), value)

    def _submit(self, pk: int, value: str) -> None:
        model, lease, assignment = self.model, self.model.leases[pk], self._assignment(pk)
        if model.workers[lease.worker].paused:  # who took an answer back meanwhile holds its task again, until now
            model.return_leases(lease.worker)
        counted = model.will_take(pk)
        if counted is not None:
            response, new, *_more = submit_response(assignment=assignment, answer=value)
            assert (new, response.counted) == (True, counted)
            model.submit(pk, response.pk, value, counted=counted)
        elif (standing := model.standing(lease.task, lease.worker)) and standing[1].value == value:
            response, new, *_more = submit_response(assignment=assignment, answer=value)
            assert (new, response.pk) == (False, standing[0])
        else:
            with pytest.raises(AssignmentClosed):
                submit_response(assignment=assignment, answer=value)

    @precondition(lambda self: self.model.leases)
    @rule(n=which, verb=st.sampled_from([skip, hand_back]))
    def let_go(self, n: int, verb: Any) -> None:
        self._let_go(one_of(list(self.model.leases), n), verb)

    def _let_go(self, pk: int, verb: Any) -> None:
        if self.model.close(pk, "skipped" if verb is skip else "returned"):
            verb(assignment=self._assignment(pk))
        else:
            with pytest.raises(AssignmentClosed):
                verb(assignment=self._assignment(pk))

    @precondition(lambda self: self.model.leases)
    @rule(n=which)
    def extend(self, n: int) -> None:
        pk = one_of(list(self.model.leases), n)
        if self.model.leases[pk].state == "live":
            before = self._assignment(pk).expires_at
            assert extend(assignment=self._assignment(pk)).expires_at >= before
        else:
            with pytest.raises(AssignmentClosed):
                extend(assignment=self._assignment(pk))

    @precondition(lambda self: self._done())
    @rule(n=which)
    def take_back(self, n: int) -> None:
        self._take_back(one_of(self._done(), n))

    @precondition(lambda self: self._leases("live"))
    @rule(n=which)
    def skip_and_take_back(self, n: int) -> None:
        pk = one_of(self._leases("live"), n)
        self._let_go(pk, skip)
        self._take_back(pk)

    def _take_back(self, pk: int) -> None:
        model, lease = self.model, self.model.leases[pk]
        held = model.live_lease(lease.task, lease.worker)
        if model.may_take_back(pk):
            model.take_back(pk, take_back(assignment=self._assignment(pk)).pk)
        elif held and model.last_done(lease.worker) == pk and not self._was_told(pk):
            assert take_back(assignment=self._assignment(pk)).pk == held
        else:
            with pytest.raises(UndoClosed):
                take_back(assignment=self._assignment(pk))

    def _done(self) -> list[int]:
        """Leases that were answered or skipped, the newest first."""
        done = {given.lease for given in self.model.answers.values()} | set(self._leases("skipped"))
        return sorted(done | {seat.last_skip for seat in self.model.workers.values() if seat.last_skip}, reverse=True)

    def _was_told(self, pk: int) -> bool:
        """Whether it was an answer in training, so that the worker knows what is right."""
        lease = self.model.leases[pk]
        return not self.model.workers[lease.worker].last_skip and self.model.tasks[lease.task].purpose == "training"

    # Jobs

    @precondition(lambda self: self._leases("live"))
    @rule(ns=st.sets(which, min_size=1, max_size=4))
    def expire(self, ns: set[int]) -> None:
        live = self._leases("live")
        ended = {one_of(live, n) for n in ns}
        Assignment.objects.filter(pk__in=ended).update(expires_at=LONG_AGO)
        assert expire_leases() == len(ended)
        for pk in ended:
            assert self.model.close(pk, "expired")

    @rule(ns=some)
    def raise_needed(self, ns: set[int]) -> None:
        assert slots.request_another(self._tasks(ns)) == self.model.request_another(self._tasks(ns))

    @rule(ns=some)
    def lower_needed(self, ns: set[int]) -> None:
        assert slots.settle(self._tasks(ns)) == self.model.settle(self._tasks(ns))

    @rule(ns=some, percent=st.integers(0, 3))
    def set_urgency(self, ns: set[int], percent: int) -> None:
        set_urgency(self.project, dict.fromkeys(self._tasks(ns), percent))

    @rule()
    def reorder_tasks(self) -> None:
        for pk in projects_to_reorder():
            reorder_tasks(pk)
        self.project.refresh_from_db()

    # Owners

    @rule(n=which, restored=st.booleans())
    def void_or_restore(self, n: int, restored: bool) -> None:
        worker = Membership.objects.select_related("project").get(pk=one_of(list(self.model.workers), n))
        if restored:
            assert restore_responses(worker) == self.model.restore(worker.pk)
        else:
            assert void_responses(worker) == self.model.void(worker.pk)

    @rule(n=which)
    def pause_or_resume(self, n: int) -> None:
        pk = one_of(list(self.model.workers), n)
        seat = self.model.workers[pk]
        seat.paused = not seat.paused
        Membership.objects.filter(pk=pk).update(status="paused" if seat.paused else "active")
        if seat.paused:
            return_leases(pk)
            self.model.return_leases(pk)

    @rule(n=which, purpose=st.sampled_from(["gold", "work", "work", "training"]))
    def give_another_purpose(self, n: int, purpose: str) -> None:
        self._put(one_of(list(self.model.tasks), n), purpose)

    def _put(self, pk: int, purpose: str) -> None:
        self.model.set_purpose(pk, purpose)
        set_purpose([pk], purpose)

    @rule(order=st.sampled_from(list(Order)), at_once=st.booleans())
    def wish_for_another_order(self, order: str, at_once: bool) -> None:
        Project.objects.filter(pk=self.project.pk).update(order=order)
        if at_once:
            self.reorder_tasks()

    @rule(minimum=st.integers(1, 3))
    def change_the_minimum(self, minimum: int) -> None:
        self.model.minimum = minimum
        self.model.maximum = max(minimum, self.model.maximum)
        self.project.min_responses, self.project.max_responses = minimum, self.model.maximum
        self.project.save(update_fields=["min_responses", "max_responses"])
        slots.raise_to_minimum(self.project)
        self.model.raise_to_minimum()

    # What is always so

    @invariant()
    def rules_are_kept_and_the_books_are_those_of_the_model(self) -> None:
        books = read_books()
        refuse_broken_rules(books)
        refuse_differences(books, self.model)

    def _leases(self, *states: str) -> list[int]:
        return [pk for pk, lease in self.model.leases.items() if lease.state in states]

    def _tasks(self, ns: set[int]) -> list[int]:
        return [one_of(list(self.model.tasks), n) for n in sorted(ns)]

    def _assignment(self, pk: int) -> Assignment:
        return Assignment.objects.select_related("task", "worker__project").get(pk=pk)
