"""One class an answer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import METHODS, NO_LABEL, Coded, Fit, Votes, encode_votes
from quality.aggregation.fit import Basis
from quality.tables.cells import probabilities
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots, Kind, Settings
from quality.tables.matching import Matched, numbered, vocabulary, voted_on

Codes = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]

LABELS = Columns(("task", "label"), optional=("confidence",), numbers=("confidence",))
TRUTH = Columns(("task", "label"))


def read(votes: Table, known: Table | None, settings: Settings) -> Ballots:
    columns, known = votes.columns, voted_on(known, votes)
    answers = {task: known.columns["label"][row] for task, row in known.rows_of().items()} if known else {}
    encoded, coding = encode_votes(columns["task"], columns["worker"], columns["label"], known=answers)
    return ballots_of(encoded, coding.tasks, coding.workers, coding.classes)


def ballots_of(votes: Votes, names: Sequence[str], workers: Sequence[str], classes: Sequence[str]) -> Ballots:
    known = int(np.count_nonzero(votes.known != NO_LABEL))
    return Ballots(votes, names, workers, classes, int(votes.total), votes.n_tasks, known)


def label_columns(ballots: Ballots, fit: Fit) -> dict[str, Values]:
    """task, label, confidence of every task, in the order of their names."""
    tasks = numbered(ballots.n_tasks, ballots.names)
    return {"task": tasks, "label": Coded(fit.labels, ballots.classes), "confidence": fit.confidence}


def worker_columns(ballots: Ballots, fit: Fit) -> dict[str, Values]:
    """One row a worker.

    accuracy: what the method's model of the worker says; empty if it only counts votes.
    reliability: the share of votes that match the labels, with a 95% credible interval. On a task
        with a single vote the label is that vote, so it is left out unless the answer is known.
    """
    from quality.reliability import score_accuracy  # noqa: PLC0415 (only those who ask for workers wait for it)

    votes: Votes = ballots.votes
    telling = votes.where(((votes.per_task > 1) | (votes.known != NO_LABEL))[votes.tasks])
    reliability = score_accuracy(telling.right(fit.posterior), telling.per_worker)
    return {
        "worker": numbered(votes.n_workers, ballots.workers),
        "votes": votes.per_worker.astype(int),
        "accuracy": np.full(votes.n_workers, np.nan) if fit.basis is Basis.SHARES else fit.workers.accuracy,
        "reliability": reliability.value,
        "reliability_low": reliability.low,
        "reliability_high": reliability.high,
    }


def compare(labels: Table, truth: Table, settings: Settings) -> dict[str, Any]:
    """The figures. Precision, recall and F1 are macro averages; each class's own stand under
    `classes`."""
    from quality.evaluation import score_labels  # noqa: PLC0415 (not needed to aggregate)

    rows = Matched.of(labels, truth)
    names = vocabulary(labels.columns["label"], truth.columns["label"])
    given = labels.columns["label"].within(names)[rows.labels]
    true = truth.columns["label"].within(names)[rows.truth]
    scores = score_labels(true, given, len(names))
    figures = zip(names, scores.precision, scores.recall, scores.f1, strict=True)
    return {
        **rows.counts(),
        "accuracy": scores.accuracy,
        **asdict(scores.macro),
        **_of_probabilities(labels, rows.labels, given, true, len(names)),
        "micro": asdict(scores.micro),
        "classes": {name: {"precision": float(p), "recall": float(r), "f1": float(f)} for name, p, r, f in figures},
    }


def _of_probabilities(labels: Table, rows: Codes, given: Codes, truth: Codes, n_classes: int) -> dict[str, Any]:
    """Cross-entropy, Brier score and calibration; null where the file has no confidences.

    The first two need whole distributions, so what a label's confidence leaves is shared evenly
    among the other classes: exact with two classes, an estimate with more.
    """
    from quality.evaluation import brier_score, cross_entropy, reliability_diagram  # noqa: PLC0415 (see `compare`)

    if "confidence" not in labels.columns:
        return dict.fromkeys(("cross_entropy", "brier_score", "calibration_error", "reliability"))
    confidence = probabilities(labels, "confidence")[rows]
    is_label = given[:, None] == np.arange(n_classes)
    rest = (1 - confidence) / max(n_classes - 1, 1)
    predicted = np.where(is_label, confidence[:, None], rest[:, None])
    true = np.eye(n_classes)[truth]
    diagram = reliability_diagram(confidence, given == truth)
    groups = {name: values.tolist() for name, values in asdict(diagram).items()}
    return {
        "cross_entropy": cross_entropy(true, predicted),
        "brier_score": brier_score(true, predicted),
        "calibration_error": diagram.expected_error,
        "reliability": [dict(zip(groups, group, strict=True)) for group in zip(*groups.values(), strict=True)],
    }


def agreement(ballots: Ballots, settings: Settings) -> dict[str, Any]:
    """The four measures with their intervals; classes are those that occur in the file."""
    from quality.agreement import Agreement, class_agreement, measure  # noqa: PLC0415 (not needed to aggregate)

    rng = np.random.default_rng(settings.seed)
    votes: Votes = ballots.votes
    if votes.is_lean:  # so many classes that hardly any has enough answers for a figure of its own
        whole = measure(votes.sparse_counts(), rng)
        of_classes: Sequence[Agreement] = ()
    else:
        whole, of_classes = measure(votes.counts(), rng), class_agreement(votes.counts(), rng)
    return {
        **asdict(whole),
        "workers": len(ballots.workers),
        "classes": len(ballots.classes),
        "by_class": {name: asdict(each) for name, each in zip(ballots.classes, of_classes, strict=False)},
    }


def worker_agreement(ballots: Ballots) -> dict[str, Values]:
    """How far each worker agrees with the others, with 95% intervals; empty for one who shares no
    task with anybody."""
    from quality.agreement import worker_agreement as measured  # noqa: PLC0415 (not needed to aggregate)

    votes: Votes = ballots.votes
    columns = (np.repeat(each, votes.weights.astype(int)) for each in (votes.tasks, votes.workers, votes.labels))
    found = measured(*columns, n_workers=votes.n_workers, n_classes=votes.n_classes)
    return {
        "worker": numbered(votes.n_workers, ballots.workers),
        "answers": found.answers,
        **{
            f"{name}{end}": getattr(getattr(found, name), part)
            for name in ("percent_agreement", "kappa")
            for end, part in (("", "value"), ("_low", "low"), ("_high", "high"))
        },
    }


KIND = Kind(
    methods=METHODS,
    votes=Columns(("task", "worker", "label")),
    known=TRUTH,
    labels=LABELS,
    truth=TRUTH,
    read=read,
    label_columns=label_columns,
    worker_columns=worker_columns,
    compare=compare,
    agreement=agreement,
    worker_agreement=worker_agreement,
)
