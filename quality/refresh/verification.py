"""Whether what is stored is what the answers say: everything worked out once more, from the rows,
and compared bit by bit."""

import time

import numpy as np

from crowd.errors import CrowdError
from crowd.projects.models import Project
from quality.answers.cache import read_cache
from quality.answers.matrix import matrix_of, read_matrix
from quality.answers.table import read_table
from quality.kinds.protocol import consensus_kind
from quality.labels.inferred import Content, infer_labels
from quality.models import Consensus, Summary
from quality.refresh.scheduling import refresh_project
from tasks.models import Task

PATIENCE = 150.0  # seconds in which there must be a moment without anything new; a fit that was killed holds 60 of them
PAUSE = 0.2
COMPARED = ("task_ids", "revisions", "worker_ids", "task", "worker", "answer", "response", "seconds")


class NeverAtRest(CrowdError):
    status, code = 409, "never_at_rest"


def differing_labels(project: Project) -> list[int]:
    """Keys of the tasks whose stored label is not the one that the stored answers give; what is new
    is refreshed first.

    Raises NeverAtRest where answers come so fast that there is never a moment at which both can be
    compared.
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


def cache_differs(project: Project) -> bool:
    """Whether the blocks of answers say something else than the rows, of a project at rest."""
    kept, read = (matrix_of(project, table) for table in (read_cache(project), read_table(project)))
    return not all(np.array_equal(getattr(kept, name), getattr(read, name), equal_nan=True) for name in COMPARED)


def mend_labels(project: Project) -> None:
    """Have the blocks made of the rows again, and everything worked out from them."""
    Summary.objects.filter(project=project).update(blocks_complete=False)
    refresh_project(project.pk)


def _state(project: Project) -> object:
    """When labels were written last; None while something is new."""
    project.refresh_from_db()
    at_rest = Summary.objects.filter(project=project, changed=0, policy_revision=project.policy_revision)
    if Task.objects.for_project(project).stale().exists():
        return None
    return at_rest.values_list("updated_at", flat=True).first()


def _compare(project: Project) -> list[int]:
    found, stored = _worked_out(project), _stored(project)
    return sorted(task_id for task_id in found.keys() | stored.keys() if found.get(task_id) != stored.get(task_id))


def _worked_out(project: Project) -> dict[int, Content]:
    matrix = read_matrix(project)
    return dict(infer_labels(matrix, consensus_kind(project).fit(matrix, project.method), project).contents)


def _stored(project: Project) -> dict[int, Content]:
    rows = Consensus.objects.filter(project=project).values_list("task_id", *Content._fields)
    return {task_id: Content(*values) for task_id, *values in rows.iterator(chunk_size=10_000)}
