"""Whether what is stored is what the answers say: everything worked out once more, from the rows, and compared bit by
bit."""

import time

from crowd.errors import CrowdError
from crowd.projects.models import Project
from quality.consensus import fit_ballot, read_ballot, verdicts
from quality.models import Consensus, Summary
from quality.refreshes import refresh_project
from quality.storage import COMPARED
from tasks.models import Task

PATIENCE = 60.0  # seconds in which there must be a moment without anything new
PAUSE = 0.2


class NeverAtRest(CrowdError):
    status, code = 409, "never_at_rest"


def differing_labels(project: Project) -> list[int]:
    """Keys of the tasks whose stored label is not the one that the stored answers give; what is new is refreshed first.

    Raises NeverAtRest where answers come so fast that there is never a moment at which both can be compared.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        before = _state(project)
        different = _compare(project) if before is not None else []
        if before is not None and before == _state(project):
            return different
        refresh_project(project.pk)
        time.sleep(PAUSE)
    raise NeverAtRest(f"{project.slug} was never at rest in {PATIENCE:.0f} s: pause its workers and try again.")


def _state(project: Project) -> object:
    """When labels were written last; None while something is new."""
    project.refresh_from_db()
    at_rest = Summary.objects.filter(project=project, changed=0, policy_revision=project.policy_revision)
    if Task.objects.for_project(project).stale().exists():
        return None
    return at_rest.values_list("updated_at", flat=True).first()


def _compare(project: Project) -> list[int]:
    ballot = read_ballot(project)
    found = {
        verdict.task_id: tuple(getattr(verdict, name) for name in COMPARED)
        for verdict in verdicts(ballot, fit_ballot(ballot, project.method), project)
    }
    rows = Consensus.objects.filter(project=project).values_list("task_id", *COMPARED)
    stored = {task_id: tuple(values) for task_id, *values in rows.iterator(chunk_size=10_000)}
    return sorted(task_id for task_id in found.keys() | stored.keys() if found.get(task_id) != stored.get(task_id))
