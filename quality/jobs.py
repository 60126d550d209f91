"""Jobs on labels: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from quality import inactivity
from quality.browser import deletion
from quality.budget import replays
from quality.class_changes import merging
from quality.exhaustion import sifting
from quality.refresh import scheduling
from quality.workers import voiding


@shared_task(name="quality.refresh")
def refresh(project_id: int) -> None:
    scheduling.refresh_if_due(project_id)


@shared_task(name="quality.void")
def void(voiding_id: int) -> None:
    voiding.carry_out(voiding_id)


@shared_task(name="quality.replay")
def replay(replay_id: int) -> None:
    replays.run_replay(replay_id)


@shared_task(name="quality.merge")
def merge(merge_id: int) -> None:
    merging.carry_out(merge_id)


@shared_task(name="quality.delete_tasks")
def delete_tasks(deletion_id: int) -> None:
    deletion.carry_out(deletion_id)


@shared_task(name="quality.sweep")
def sweep() -> None:
    for merge_id in merging.unfinished():
        merge.delay(merge_id)
    for deletion_id in deletion.unfinished():
        delete_tasks.delay(deletion_id)
    for voiding_id in voiding.unfinished():
        void.delay(voiding_id)
    for project_id in scheduling.projects_to_refresh():
        refresh.delay(project_id)
    for replay_id in replays.unfinished():
        replay.delay(replay_id)


@shared_task(name="quality.sift")
def sift(project_id: int) -> None:
    sifting.sift(project_id)


@shared_task(name="quality.sift_projects")
def sift_projects() -> None:
    for project_id in sifting.projects_to_sift():
        sift.delay(project_id)


@shared_task(name="quality.tell_quiet_projects")
def tell_quiet_projects() -> None:
    inactivity.tell_quiet_projects()
