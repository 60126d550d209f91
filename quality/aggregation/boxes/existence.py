"""Whether the object that a cluster of boxes stands for exists: a model of what workers miss and
what they make up."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from quality.aggregation.boxes.votes import BoxVotes
from quality.aggregation.codes import Codes, Floats
from quality.aggregation.posterior import normalise

EASE = np.array([1.0, 0.5, 0.25])
"""How easy objects may be: a worker sees one with the worker's own rate times this."""

SEEN, MISSED = 3.0, 1.0
"""Objects that every worker is imagined to have seen and missed before."""

SLIPS, EXPOSURE = 1.0, 10.0
"""Boxes around nothing that every worker is imagined to have drawn before, while this many clusters
arose."""

ECHOED, PASSED = 1.0, 19.0
"""Chances to draw around the same nothing as another worker that are imagined to have been taken,
and passed by: some things look like what is asked for."""

Indices = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Every chance that a worker had to draw a box, as pairs of a place and a worker.

    The first `clusters` places are clusters of boxes; the others stand for the objects of a task
    that nobody drew, one place a task with clusters, which weigh as many as are expected of them.

    clusters: how many there are. place, worker: (pairs,); drew: (pairs,) whether the worker drew
        there.
    task: (places,) its place in `exposure`; exposure: (tasks with clusters,) how many clusters each
        has.
    """

    place: Indices
    worker: Indices
    drew: Bools
    clusters: int
    task: Indices
    exposure: Floats
    n_workers: int

    def per_place(self, values: Floats) -> Floats:
        """(places,) the sum of (pairs,) values at each place."""
        return np.bincount(self.place, values, len(self.task)).astype(np.float64, copy=False)

    def per_worker(self, values: Floats) -> Floats:
        """(workers,) the sum of (pairs,) values of each worker."""
        return np.bincount(self.worker, values, self.n_workers).astype(np.float64, copy=False)


def views_of(votes: BoxVotes, clusters: Indices, tasks: Codes) -> Views:
    """The views behind clusters (boxes,) whose tasks are `tasks` (clusters,), sorted."""
    _, task, sizes = np.unique(tasks, return_inverse=True, return_counts=True)
    places = np.concatenate([tasks, tasks[np.searchsorted(task, np.arange(len(sizes)))]])
    first, after = (np.searchsorted(votes.seen_tasks, places, side) for side in ("left", "right"))
    watchers = (after - first).astype(np.int64)
    place = np.repeat(np.arange(len(places)), watchers)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(watchers) - watchers, watchers)
    worker = votes.seen_workers[np.repeat(first, watchers) + nth].astype(np.int64)
    drawn = clusters * max(votes.n_workers, 1) + votes.workers
    drew = np.isin(place * max(votes.n_workers, 1) + worker, drawn)
    of_place = np.concatenate([task, np.arange(len(sizes))])
    return Views(place, worker, drew, len(tasks), of_place, sizes.astype(np.float64), votes.n_workers)


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What the model believes.

    detection: (workers,) the probability of drawing an easy object that the worker looks at.
    slips: (workers,) boxes drawn around nothing, for every cluster that a task has.
    objects: (degrees,) real objects of each degree of ease, seen or not, for every cluster that a
        task has.
    echo: the chance that another worker draws around the same nothing.
    """

    detection: Floats
    slips: Floats
    objects: Floats
    echo: float


@dataclass(frozen=True, slots=True, eq=False)
class Existence:
    """What is believed of each cluster, and why.

    probability: (clusters,) that the object exists. evidence: (workers,) the objects each detection
        rate rests on.
    log_likelihood: one value an iteration, of clusters being drawn by whom they were, plus the log
        density of priors.
    """

    probability: Floats
    rates: Rates
    evidence: Floats
    log_likelihood: tuple[float, ...] = field(default=())
    converged: bool = True


def believe(views: Views, *, max_iter: int, tol: float) -> Existence:
    """Fit by expectation maximisation; stop when an iteration gains less than `tol` nats a cluster.

    Clusters come from two Poisson processes laid over each other, at rates proportional to how
    crowded a task is. Real objects of several degrees of ease (`EASE`) are drawn by each worker who
    saw the task, independently, with that worker's detection rate times the ease; the model counts
    those that nobody drew. A slip is one worker's, and each other one repeats it by a small chance
    (`ECHO`). What several workers drew is therefore likely real, and how many real objects one
    alone would have drawn is told by how many were drawn by two, three and more: capture and
    recapture with unequal catchability (A. Chao, 1987).
    """
    usual = ECHOED / (ECHOED + PASSED)
    detection, slips = np.full(views.n_workers, 0.75), np.full(views.n_workers, SLIPS / EXPOSURE)
    rates = Rates(detection, slips, np.full(len(EASE), 0.3), usual)
    trace: list[float] = []
    converged = not views.clusters
    weights, evidence = np.zeros((len(views.task), len(EASE) + 1)), np.zeros(views.n_workers)
    while not converged and len(trace) < max_iter:
        weights, log_likelihood = e_step(views, rates)
        rates, evidence = m_step(views, rates, weights)
        trace.append(log_likelihood)
        converged = len(trace) > 1 and abs(trace[-1] - trace[-2]) <= tol * views.clusters
    probability = 1 - weights[: views.clusters, -1]
    return Existence(probability, rates, evidence, tuple(trace), converged)


def e_step(views: Views, rates: Rates) -> tuple[Floats, float]:
    """(places, degrees + 1) what each place is: an object of each ease, or (last) a slip; and the
    log posterior of all.

    A cluster's row adds up to 1. That of a task's unseen objects has their expected numbers.
    """
    log_intensity = _log_intensity(views, rates) + np.log(views.exposure)[views.task][:, None]
    weights = np.exp(log_intensity[views.clusters :])
    of_cluster, log_evidence = normalise(log_intensity[: views.clusters])
    seen = rates.objects.sum() * views.exposure.sum() - weights.sum() + (_exposure(views) * rates.slips).sum()
    log_posterior = log_evidence.sum() - seen + _log_prior(rates)
    return np.concatenate([of_cluster, weights]), float(log_posterior)


def _log_intensity(views: Views, rates: Rates) -> Floats:
    """(places, degrees + 1) the log rate at which each kind of place arises, for every cluster that
    its task has."""
    log_intensity = np.full((len(views.task), len(EASE) + 1), -np.inf)
    for level, ease in enumerate(EASE):
        seen = (ease * rates.detection)[views.worker]
        chance = views.per_place(np.where(views.drew, np.log(seen), np.log1p(-seen)))
        log_intensity[:, level] = np.log(np.maximum(rates.objects[level], np.finfo(float).tiny)) + chance
    drawn = views.per_place(views.drew.astype(np.float64))[: views.clusters]
    passed = views.per_place((~views.drew).astype(np.float64))[: views.clusters]
    slipped = views.per_place(views.drew * rates.slips[views.worker])[: views.clusters]
    log_intensity[: views.clusters, -1] = (
        np.log(slipped) + (drawn - 1) * np.log(rates.echo) + passed * np.log1p(-rates.echo)
    )
    return log_intensity


def m_step(views: Views, rates: Rates, weights: Floats) -> tuple[Rates, Floats]:
    """The likeliest rates given what each place is, and the evidence behind each worker's detection
    rate.

    A miss is put down to the object's not being easy or to the worker, in the proportion that the
    last rates expect.
    """
    seen, looks = np.full(views.n_workers, SEEN), np.full(views.n_workers, SEEN + MISSED)
    for level, ease in enumerate(EASE):
        weight = weights[views.place, level]
        rate = rates.detection[views.worker]
        excused = rate * (1 - ease) / np.maximum(1 - ease * rate, 1e-12)
        seen += views.per_worker(weight * np.where(views.drew, 1.0, excused))
        looks += views.per_worker(weight)
    drew = views.drew * rates.slips[views.worker]
    blame = drew / np.maximum(views.per_place(drew), np.finfo(float).tiny)[views.place]
    slipped = views.per_worker(weights[views.place, -1] * blame)
    slips = (slipped + SLIPS) / (_exposure(views) + EXPOSURE)
    objects = weights[:, :-1].sum(axis=0) / views.exposure.sum()
    return Rates(seen / looks, slips, objects, _echo(views, weights[: views.clusters, -1])), looks


def _echo(views: Views, slip: Floats) -> float:
    """How often workers repeat another one's slip, given how likely each cluster is one
    (clusters,)."""
    drawn = views.per_place(views.drew.astype(np.float64))[: views.clusters]
    passed = views.per_place((~views.drew).astype(np.float64))[: views.clusters]
    echoed = ECHOED + float(slip @ (drawn - 1))
    return echoed / (echoed + PASSED + float(slip @ passed))


def _exposure(views: Views) -> Floats:
    """(workers,) the clusters of the tasks that each worker saw."""
    unseen = views.place >= views.clusters
    of_pair = np.where(unseen, views.exposure[views.task[views.place]], 0.0)
    return views.per_worker(of_pair)


def _log_prior(rates: Rates) -> float:
    """The log density of the priors at these rates, up to a constant."""
    detection = xlogy(SEEN, rates.detection) + xlog1py(MISSED, -rates.detection)
    slips = xlogy(SLIPS, rates.slips) - EXPOSURE * rates.slips
    echo = xlogy(ECHOED, rates.echo) + xlog1py(PASSED, -rates.echo)
    return float(detection.sum() + slips.sum() + echo)
