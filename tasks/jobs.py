"""Jobs on tasks: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from tasks import ranking
from tasks.intake import imports
from tasks.queue import expire_leases as expire


@shared_task(name="tasks.expire_leases")
def expire_leases() -> None:
    while expire():
        pass


@shared_task(name="tasks.run_import")
def run_import(import_id: int) -> None:
    imports.run_import(import_id)


@shared_task(name="tasks.resume_imports")
def resume_imports() -> None:
    for import_id in imports.unfinished():
        run_import.delay(import_id)


@shared_task(name="tasks.rank_tasks")
def rank_tasks() -> None:
    for project_id in ranking.projects_to_rank():
        ranking.rank_tasks(project_id)
