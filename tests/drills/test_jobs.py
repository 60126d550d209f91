"""Jobs are killed in the midst of their work, come twice, or come late: the labels are what the
answers say."""

import random

from django.conf import settings

from crowd.projects.models import Project
from quality.models import Voiding
from tests.drills import oracle
from tests.drills.stage import DATABASE, Stage
from tests.journeys.site import wait_until

TIMES, RIGHT_AGAIN_WITHIN = 3, 120


def test_killing_job_processes_leaves_the_labels_as_the_answers_say(stage: Stage) -> None:
    slug = stage.new_project(method="auto")

    with stage.load(slug) as load:
        for _time in range(TIMES):
            load.wait_for_answers(20)
            stage.kill_a_job_process()
        load.wait_for_answers(20)

    assert load.refusals == set()
    assert oracle.contradictions(DATABASE) == oracle.NONE
    wait_until(lambda: stage.answers_in_labels(slug) == len(load.submitted), RIGHT_AGAIN_WITHIN)
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"


def test_jobs_that_come_twice_in_any_order_and_long_after_change_nothing(stage: Stage) -> None:
    slug = stage.new_project(method="auto")
    project = Project.objects.using(DATABASE).get(slug=slug)
    on_a_clock = [(str(each["task"]), list[int]()) for each in settings.CELERY_BEAT_SCHEDULE.values()]
    jobs = [("quality.refresh", [project.pk]), *on_a_clock] * 5

    with stage.load(slug) as load:
        for _time in range(TIMES):
            load.wait_for_answers(20)
            stage.send_jobs(random.sample(jobs, len(jobs)))

    wait_until(lambda: stage.answers_in_labels(slug) == len(load.submitted), RIGHT_AGAIN_WITHIN)
    assert oracle.contradictions(DATABASE) == oracle.NONE
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"


def test_a_voiding_that_comes_again_after_it_was_undone_voids_nothing(stage: Stage) -> None:
    slug = stage.new_project()
    with stage.load(slug) as load:
        load.wait_for_answers(40)
    answered = len(load.submitted)
    worker = stage.call("GET", f"/projects/{slug}/workers")["results"][0]["id"]
    voidings = Voiding.objects.using(DATABASE).filter(worker=worker)

    def carry_out(what: str) -> None:
        stage.call("POST", f"/projects/{slug}/workers/{worker}/{what}")
        wait_until(lambda: not voidings.exclude(state="done").exists(), RIGHT_AGAIN_WITHIN)

    carry_out("void")
    wait_until(lambda: stage.answers_in_labels(slug) < answered, RIGHT_AGAIN_WITHIN)
    carry_out("restore")
    stage.send_jobs(("quality.void", [pk]) for pk in [*voidings.values_list("pk", flat=True)] * 3)
    stage.wait_until_jobs_are_taken()
    wait_until(lambda: stage.answers_in_labels(slug) == answered, RIGHT_AGAIN_WITHIN)

    assert stage.answers_in_labels(slug) == answered
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"
