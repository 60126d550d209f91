"""Jobs on labels: each takes ids, and calls one verb that a test can call too."""

from celery import shared_task

from quality import refreshes


@shared_task(name="quality.refresh")
def refresh(project_id: int) -> None:
    refreshes.refresh_project(project_id)


@shared_task(name="quality.sweep")
def sweep() -> None:
    for project_id in refreshes.projects_to_refresh():
        refresh.delay(project_id)
