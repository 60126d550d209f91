"""The broker only wakes the jobs: while it is gone, silent or emptied, work goes on, and afterwards
the labels do."""

from contextlib import AbstractContextManager

import pytest
import redis
from django.conf import settings

from tests.drills.stage import Stage
from tests.journeys.site import wait_until

RIGHT_AGAIN_WITHIN = 120


@pytest.mark.parametrize("trouble", ["broker_away", "broker_silent"])
def test_answers_are_taken_as_fast_without_a_broker(stage: Stage, trouble: str) -> None:
    slug = stage.new_project()
    without_broker: AbstractContextManager[None] = getattr(stage, trouble)()

    with stage.load(slug) as load:
        load.wait_for_answers(10)
        first = len(load.replies)
        with without_broker:
            ready = stage.site.readiness()
            load.wait_for_answers(20)
        waits = load.waits(first)

    assert (ready["status"], ready["database"]) == ("unavailable", "ok")
    assert ready["broker"] != "ok"
    assert load.refusals == set()
    assert max(waits) < settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"]
    wait_until(lambda: stage.answers_in_labels(slug) == len(load.submitted), RIGHT_AGAIN_WITHIN)
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"


def test_everything_is_right_again_after_the_broker_was_emptied(stage: Stage) -> None:
    slug, small = stage.new_project(), stage.new_project(tasks=1, min_responses=1, lease_seconds=5)
    forgetful, patient, *_others = stage.workers
    assert stage.lease(small, forgetful) != []
    assert stage.lease(small, patient) == []

    with stage.load(slug) as load:
        load.wait_for_answers(10)
        redis.Redis.from_url(stage.redis.url).flushall()
        load.wait_for_answers(10)

    wait_until(lambda: stage.answers_in_labels(slug) == len(load.submitted), RIGHT_AGAIN_WITHIN)
    wait_until(lambda: stage.lease(small, patient) != [], RIGHT_AGAIN_WITHIN)
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"
