"""Projects with any number of answers, made inside the database within seconds: workers of known
skill, several classes, some tasks gold. Nothing of them has been judged yet."""

from typing import Any

from django.db import connection

from benchmarks.work.fill import fill
from crowd.projects.classes import numbered
from crowd.projects.models import Membership, Project, Role
from quality.models import Fitting, Summary
from quality.refresh.fits import fit_project

CLASSES = ["ant", "bee", "cat", "dog"]
WORKERS = 300
PER_TASK = 3

# Worker k of W is right with a probability between 0.6 and 0.95, and otherwise says the next class.
# The truth of a task follows from its key.
_ANSWER = """
    INSERT INTO tasks_response (task_id, worker_id, answer, seconds, counted, received_at)
    SELECT task.id, member.id,
        TO_JSONB((task.id + (RANDOM() > 0.6 + 0.35 * member.place / %(workers)s)::int) %% %(classes)s),
        1 + 5 * RANDOM(), TRUE, NOW()
    FROM (SELECT id, FLOOR(RANDOM() * %(workers)s)::int AS first FROM tasks_task WHERE project_id = %(project)s) AS task
    CROSS JOIN GENERATE_SERIES(0, %(per_task)s - 1) AS n
    JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM projects_membership
          WHERE project_id = %(project)s AND role = 'worker') AS member
        ON member.place = (task.first + 37 * n) %% %(workers)s"""
_COUNT = """
    UPDATE tasks_task SET answers_counted = %(per_task)s, answers_needed = GREATEST(answers_needed, %(per_task)s),
        revision = revision + %(per_task)s, judged_revision = revision + %(per_task)s
    WHERE project_id = %(project)s"""


def fitted(project: Project) -> dict[str, Any]:
    """Fit the whole project now; says what the fit has to say about itself."""
    Summary.objects.get_or_create(project=project)
    Fitting.objects.get_or_create(project=project)
    with Fitting.objects.claim(project.pk) as claim:
        if claim is None:
            raise RuntimeError(f"{project.slug} is being fitted already")
        return fit_project(project, claim)


def answered_project(slug: str, answers: int) -> Project:
    """A project with so many answers, three a task, all of them marked as read: only a fit is
    missing."""
    project = Project.objects.create(
        slug=slug,
        name=slug.title(),
        schema=numbered({"type": "choice", "classes": [{"name": name} for name in CLASSES]}),
        min_responses=PER_TASK,
        max_responses=PER_TASK,
    )
    fill(slug, answers // PER_TASK)
    Membership.objects.bulk_create(
        Membership(project=project, name=f"voter {n}", role=Role.WORKER) for n in range(WORKERS)
    )
    values = {
        "project": project.pk,
        "classes": len(CLASSES),
        "workers": WORKERS,
        "per_task": PER_TASK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, values)
        cursor.execute(_COUNT, values)
        cursor.execute("ANALYZE")
    return project
