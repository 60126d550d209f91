"""Jobs on projects: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from crowd.projects import deletion


@shared_task(name="projects.remove")
def remove(project_id: int) -> None:
    deletion.remove_project(project_id)


@shared_task(name="projects.sweep")
def sweep() -> None:
    for project_id in deletion.unfinished():
        remove.delay(project_id)
