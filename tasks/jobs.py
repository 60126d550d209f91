"""Jobs on tasks: each takes ids, and calls one verb that a test can call too."""

import time

from celery import shared_task
from django.conf import settings

from tasks.intake import imports, turns
from tasks.pictures import freeing
from tasks.queue import reordering
from tasks.queue.leases import expire_leases as expire


@shared_task(name="tasks.expire_leases")
def expire_leases() -> None:
    while expire():
        pass


@shared_task(name="tasks.run_import")
def run_import(import_id: int) -> None:
    if imports.run_import(import_id):
        resume_imports.delay()  # there is room for another


@shared_task(name="tasks.resume_imports")
def resume_imports() -> None:
    for import_id in turns.next_imports(at_most=settings.LANES["long"]):
        run_import.delay(import_id)


@shared_task(name="tasks.reorder_tasks")
def reorder_tasks() -> None:
    for project_id in reordering.projects_to_reorder():
        reordering.reorder_tasks(project_id)


@shared_task(name="tasks.free_pictures")
def free_pictures() -> None:
    freeing.note_unused()
    freeing.free_unused()
    freeing.free_files(turn=int(time.time() // 3600))
