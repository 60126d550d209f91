"""Lists of keys in queries: one parameter, whatever is in them and however long they are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from crowd.projects.models import Membership, Project
from tasks.models import Assignment, Task
from tests.cast import Api

MORE_THAN_PARAMETERS = 300_000  # SQLite takes 250,000 of them, PostgreSQL 65,535


def parameters_of(query: Any) -> int:
    return len(query.query.sql_with_params()[1])


def test_more_keys_than_a_database_takes_parameters(tasks: Project) -> None:
    known = set(Task.objects.values_list("pk", flat=True))
    keys = range(MORE_THAN_PARAMETERS)
    assert known < set(keys)
    assert set(Task.objects.filter(pk__in=keys).values_list("pk", flat=True)) == known
    assert Task.objects.exclude(pk__in=list(keys)).count() == 0
    assert Task.objects.filter(pk__in=set(keys)).update(priority=7) == len(known)
    assert Assignment.objects.filter(task__in=keys).count() == 0
    assert Task.objects.in_bulk(list(keys)).keys() == known


@pytest.mark.parametrize("made_of", [list, tuple, set, frozenset, lambda keys: dict.fromkeys(keys).keys()])
def test_keys_in_whatever_holds_them(tasks: Project, made_of: Callable[[Any], Any]) -> None:
    wanted = sorted(Task.objects.values_list("pk", flat=True))[2:5]
    found = Task.objects.filter(pk__in=made_of([*wanted, wanted[0], -1]))
    assert sorted(found.values_list("pk", flat=True)) == wanted
    assert parameters_of(found) == 1


def test_keys_of_another_table_forwards_and_backwards(tasks: Project, bob: Api) -> None:
    first, second = Task.objects.order_by("pk")[:2]
    workers = list(Membership.objects.filter(user=bob.user).values_list("pk", flat=True))
    given = Assignment.objects.create(task=first, worker_id=workers[0], expires_at=first.created_at)
    found = Assignment.objects.filter(task__in=[first.pk, second.pk], worker__in=workers)
    assert (list(found), parameters_of(found)) == ([given], 2)
    assert list(Task.objects.filter(assignments__in=[given.pk])) == [first]
    assert list(Project.objects.filter(tasks__in=[first.pk])) == [tasks]
    assert list(Assignment.objects.filter(task__project__in=[tasks.pk])) == [given]


def test_what_is_no_list_of_keys_is_compared_as_ever(tasks: Project) -> None:
    first, second = Task.objects.order_by("pk")[:2]
    of = Task.objects.order_by("pk")
    assert list(of.filter(pk__in=[])) == []
    assert list(of.filter(pk__in=[None, first.pk])) == [first]
    assert list(of.filter(pk__in=[str(first.pk), second.pk])) == [first, second]
    assert list(of.filter(pk__in=[first.pk, F("pk")])) == list(of)
    assert list(of.filter(pk__in=of.filter(pk=second.pk))) == [second]
    assert list(of.filter(project__in=[tasks])) == list(of)
    assert list(of.filter(external_id__in=[first.external_id])) == [first]
    assert list(of.filter(pk__in=[2**63, -(2**70), first.pk])) == [first]
