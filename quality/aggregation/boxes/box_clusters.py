"""Boxes by consensus: clusters of boxes that overlap, and the belief that each stands for
something."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.boxes.clustering import cluster, duplicates
from quality.aggregation.boxes.corners import Centre, consensus, deviations
from quality.aggregation.boxes.existence import Existence, believe, views_of
from quality.aggregation.boxes.fit import BoxFit, BoxWorkers
from quality.aggregation.boxes.thresholds import expected_f1, learn
from quality.aggregation.boxes.votes import BoxVotes
from quality.aggregation.codes import Floats
from quality.aggregation.majority import MajorityVote
from quality.aggregation.votes import Votes
from quality.evaluation.boxes import Boxes

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BoxClusters:
    """Cluster the workers' boxes, weigh their corners by precision, and keep what likely exists.

    A worker's precision is one over the variance of the corners drawn (`corners.deviations`), found
    from clusters that ignore it; then the boxes are clustered again with it. A cluster's class is
    the one that most of its workers chose, ties drawn from `seed`.

    overlap: the intersection over union from which a box belongs to a cluster. Lower than the
        customary 0.5, at which two workers' loose boxes around one object often end up as two.
    same: the overlap from which two clusters of a task are one object drawn twice, as by a slip of
        the hand.
    centre: what a cluster's corners are of its boxes': the weighted mean or the weighted median.
    threshold: the probability of existing from which a cluster is kept; learnt from known tasks if
        None.
    max_iter, tol: of the model of existence; `tol` is in nats a cluster.
    """

    max_iter: int = 1000
    tol: float = 1e-6
    seed: int = 0
    overlap: float = 0.3
    same: float = 0.7
    centre: Centre = "mean"
    threshold: float | None = None

    def fit(self, votes: BoxVotes) -> BoxFit:
        clusters, corners, deviation = self.clusters(votes)
        tasks = np.zeros(len(corners), dtype=np.int32)
        tasks[clusters] = votes.tasks
        existence = believe(views_of(votes, clusters, tasks), max_iter=self.max_iter, tol=self.tol)
        classes = _classes(votes, clusters, len(corners), self.seed)
        doubled = duplicates(tasks, corners, existence.probability, self.same)
        candidates = Boxes(tasks.astype(np.int64), corners, classes, np.where(doubled, 0.0, existence.probability))
        support = np.bincount(clusters, minlength=len(corners))
        return self._kept(votes, candidates, support, existence, deviation)

    def clusters(self, votes: BoxVotes) -> tuple[Indices, Floats, Floats]:
        """The cluster of each box (boxes,), each cluster's corners (clusters, 4), and workers'
        deviations (workers,).

        Clusters are numbered by task, then corners, so that they don't depend on the names of
        workers.
        """
        deviation = deviations(votes, cluster(votes, np.ones(votes.n_workers), self.overlap))
        clusters = cluster(votes, deviation**-2, self.overlap)
        deviation = deviations(votes, clusters)
        corners = consensus(votes.corners, clusters, deviation[votes.workers] ** -2, self.centre)
        tasks = np.zeros(len(corners), dtype=np.int32)
        tasks[clusters] = votes.tasks
        order = np.lexsort((*corners.T[::-1], tasks))
        return np.argsort(order)[clusters], corners[order], deviation

    def _kept(
        self, votes: BoxVotes, candidates: Boxes, support: Indices, existence: Existence, deviation: Floats
    ) -> BoxFit:
        threshold, reason = self.threshold, ""
        if threshold is None:
            threshold, reason = learn(candidates, votes.known, votes.known_tasks)
        kept = candidates.scores >= threshold
        confidence = expected_f1(candidates.tasks, candidates.scores, kept, votes.n_tasks)
        confidence[votes.known_tasks] = 1.0
        labels = _with_known(votes, candidates.where(kept))
        rate = existence.rates.detection
        uncertainty = np.sqrt(rate * (1 - rate) / (existence.evidence + 1))
        workers = BoxWorkers(rate, uncertainty, existence.rates.slips, deviation)
        trace, converged = existence.log_likelihood, existence.converged
        found = labels, candidates, support, threshold, confidence, workers
        return BoxFit("box-clusters", *found, trace, converged, reason)


def _classes(votes: BoxVotes, clusters: Indices, n_clusters: int, seed: int) -> Indices:
    """(clusters,) the class that most workers of a cluster chose."""
    sizes = {"n_tasks": n_clusters, "n_workers": votes.n_workers, "n_classes": votes.n_classes}
    chosen = Votes.from_codes(clusters, votes.workers, votes.classes, **sizes)
    return MajorityVote(seed).fit(chosen).labels.astype(np.int64)


def _with_known(votes: BoxVotes, labels: Boxes) -> Boxes:
    """`labels` with those on known tasks replaced by the known boxes, sorted by task and
    corners."""
    believed = labels.where(~np.isin(labels.tasks, votes.known_tasks))
    known = votes.known
    joined = Boxes(
        np.concatenate([believed.tasks, known.tasks]),
        np.concatenate([believed.corners, known.corners]),
        np.concatenate([believed.classes, known.classes]),
        np.concatenate([believed.scores, np.ones(len(known))]),
    )
    return joined.where(np.lexsort((joined.classes, *joined.corners.T[::-1], joined.tasks)))
