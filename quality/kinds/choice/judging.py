"""What a fit learnt of the workers, kept for answers that come later."""

import io
from dataclasses import replace
from typing import Any

import numpy as np

from quality.aggregation import Fit, Judge
from quality.aggregation.fit import Basis
from quality.aggregation.judge import NEWCOMER
from quality.kinds.choice.votes import votes_of
from quality.kinds.matrix import AnswerMatrix


def packed_judge(matrix: AnswerMatrix, fit: Fit) -> bytes:
    """The judge that is as sure as the fit is of tasks that nobody has decided, and the workers it
    knows, as they are stored."""
    judge = Judge.of(fit, replace(votes_of(matrix), known=matrix.known.astype(np.int32)))
    parts: dict[str, Any] = {"accuracy": judge.accuracy, "confusion": judge.confusion}
    parts = {name: part for name, part in parts.items() if part is not None}
    buffer = io.BytesIO()
    parts |= {"power": judge.power, "basis": judge.basis.value, "worker_ids": matrix.worker_ids}
    np.savez(buffer, class_shares=judge.class_shares, **parts)
    return buffer.getvalue()


def judge_of(stored: bytes | None, matrix: AnswerMatrix) -> Judge:
    """The judge of the last fit, for a matrix. Before the first one everybody is taken for what
    crowds mostly are."""
    if stored is None:
        return _beginner(matrix)
    with np.load(io.BytesIO(stored), allow_pickle=False) as loaded:
        parts = dict(loaded)
    worker_ids, power = parts.pop("worker_ids"), float(parts.pop("power"))
    basis = Basis(str(parts.pop("basis", Basis.MODELS)))  # those of earlier releases don't say
    judge = Judge(**parts, power=power, basis=basis)
    if len(judge.class_shares) != matrix.n_classes:
        return _beginner(matrix)
    return judge.of_workers(matrix.places_among(worker_ids))


def _beginner(matrix: AnswerMatrix) -> Judge:
    shares = np.full(matrix.n_classes, 1 / matrix.n_classes)
    beginner = Judge(shares, accuracy=np.empty(0), basis=Basis.RECORDS)
    return beginner.of_workers([NEWCOMER] * len(matrix.worker_ids))
