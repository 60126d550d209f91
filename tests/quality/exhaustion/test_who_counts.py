"""Whom a task may still come to."""

from typing import Any

import pytest
from django.utils import timezone

from crowd.projects.models import Membership, Project, SkillGrant
from crowd.projects.pausing import pause, resume
from quality.exhaustion import sifting
from tasks.models import QueueState
from tests.cast import Api, worker_of
from tests.quality.exhaustion.steps import Worker, exhausted, lease, skip_all


def test_paused_workers_do_not_count_until_they_are_resumed(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    pause(member=worker_of(other, one), actor=None)
    sifting.sift(one.pk)
    paused = exhausted()
    resume(member=worker_of(other, one), actor=None)
    sifting.sift(one.pk)
    assert (before, paused, exhausted()) == ([], ["t0"], [])


def test_where_nobody_works_nothing_is_exhausted(one: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    pause(member=worker_of(bob, one), actor=None)
    sifting.sift(one.pk)
    assert exhausted() == []


def test_who_lacks_the_skill_does_not_count_until_they_gain_it(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    SkillGrant.objects.create(user=bob.user, name="owls/eyes")
    Project.objects.update(required_skill="owls/eyes")
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    SkillGrant.objects.create(user=other.user, name="owls/eyes")
    sifting.sift(one.pk)
    assert (before, exhausted()) == (["t0"], [])
    assert len(lease(other)) == 1


@pytest.mark.parametrize(
    ("asked", "passed"),
    [({"training_tasks": 2}, {"trained": 2}), ({"exam_tasks": 2}, {"exam_passed_at": timezone.now()})],
    ids=["training", "exam"],
)
def test_who_is_not_past_training_and_exam_does_not_count_until_they_are(
    one: Project, bob: Api, new_worker: Worker, asked: dict[str, int], passed: dict[str, Any]
) -> None:
    other = worker_of(new_worker(), one)
    skip_all(bob)
    Project.objects.update(**asked)
    QueueState.objects.filter(worker=worker_of(bob, one)).update(**passed)
    sifting.sift(one.pk)
    before = exhausted()
    QueueState.objects.create(worker=other, **passed)
    sifting.sift(one.pk)
    assert (before, exhausted()) == (["t0"], [])


def test_voters_and_reviewers_and_people_shut_out_do_not_count(one: Project, bob: Api, new_worker: Worker) -> None:
    Membership.objects.create(project=one, name="a voter", role="worker")
    shut_out, reviewer = new_worker(), new_worker()
    Membership.objects.filter(user=reviewer.user).update(role="reviewer")
    type(shut_out.user).objects.filter(pk=shut_out.user.pk).update(is_active=False)
    skip_all(bob)
    sifting.sift(one.pk)
    assert exhausted() == ["t0"]
