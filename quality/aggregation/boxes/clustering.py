"""Which boxes of different workers mean the same object."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quality.aggregation.boxes.votes import BoxVotes
from quality.aggregation.codes import Codes, Floats
from quality.evaluation.geometry import best_pairs, box_iou

Indices = npt.NDArray[np.int64]


def cluster(votes: BoxVotes, precision: Floats, overlap: float) -> Indices:
    """(boxes,) the cluster of each box, counted from 0 in the order of tasks; no worker has two
    boxes in one.

    On each task workers come in order of falling `precision` (workers,), then of how much they
    drew. Each one's boxes are matched with the clusters so far, as the Hungarian method has it,
    where the cluster's mean box weighted by precision is overlapped by `overlap` or more; boxes
    left over begin clusters of their own.
    """
    clusters = np.zeros(len(votes.tasks), dtype=np.int64)
    begun = 0
    for start, stop in pairwise(votes.starts.tolist()):
        if start < stop:
            of_task = _cluster_task(votes.corners[start:stop], votes.workers[start:stop], precision, overlap)
            clusters[start:stop] = begun + of_task
            begun += int(of_task.max()) + 1
    return clusters


def _cluster_task(corners: Floats, workers: Codes, precision: Floats, overlap: float) -> Indices:
    """(boxes,) the cluster of each box of one task."""
    clusters = np.zeros(len(corners), dtype=np.int64)
    sums, weights = np.zeros((len(corners), 4)), np.zeros(len(corners))
    begun = 0
    for rows in _in_turn(corners, workers, precision):
        weight = precision[workers[rows[0]]]
        boxes, centres = best_pairs(box_iou(corners[rows], sums[:begun] / weights[:begun, None]), overlap)
        mine = np.full(len(rows), -1, dtype=np.int64)
        mine[boxes] = centres
        new = mine < 0
        mine[new] = begun + np.arange(np.count_nonzero(new))
        begun += int(np.count_nonzero(new))
        sums[mine] += weight * corners[rows]
        weights[mine] += weight
        clusters[rows] = mine
    return clusters


def _in_turn(corners: Floats, workers: Codes, precision: Floats) -> list[Indices]:
    """The rows of each worker, the most precise worker first; names of workers don't settle ties,
    their boxes do."""
    voters, first = np.unique(workers, return_index=True)
    groups = np.split(np.arange(len(workers)), first[1:])
    turns = sorted(
        zip(voters.tolist(), groups, strict=True),
        key=lambda turn: (-precision[turn[0]], -len(turn[1]), corners[turn[1]].tolist()),
    )
    return [rows for _, rows in turns]


def duplicates(tasks: Codes, corners: Floats, existence: Floats, overlap: float) -> npt.NDArray[np.bool_]:
    """(clusters,) whether a cluster overlaps one of its task that likelier exists, and isn't itself
    one.

    Greedy non-maximum suppression. `tasks` must be sorted; ties in `existence` go to the cluster
    that comes first.
    """
    doubled = np.zeros(len(tasks), dtype=bool)
    edges = np.flatnonzero(np.diff(tasks, prepend=-1, append=-1)).tolist()
    for start, stop in pairwise(edges):
        near = box_iou(corners[start:stop], corners[start:stop]) >= overlap
        np.fill_diagonal(near, False)
        crowded = np.flatnonzero(near.any(axis=1))
        for row in crowded[np.argsort(-existence[start + crowded], kind="stable")].tolist():
            if not doubled[start + row]:
                doubled[start:stop] |= near[row]
    return doubled
