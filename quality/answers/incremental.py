"""The judge of a project: what its last fit learnt of the workers, kept for answers that come
later."""

import io
from typing import Any

import numpy as np

from quality.aggregation import Judge
from quality.aggregation.fit import Basis
from quality.aggregation.judge import NEWCOMER
from quality.answers.matrix import AnswerMatrix, Ints
from quality.models import Summary


def packed(judge: Judge, worker_ids: Ints) -> bytes:
    """A judge, and the workers it knows, as they are stored."""
    parts: dict[str, Any] = {"accuracy": judge.accuracy, "confusion": judge.confusion}
    parts = {name: part for name, part in parts.items() if part is not None}
    buffer = io.BytesIO()
    parts |= {"power": judge.power, "basis": judge.basis.value, "worker_ids": worker_ids}
    np.savez(buffer, class_shares=judge.class_shares, **parts)
    return buffer.getvalue()


def judge_of(summary: Summary, matrix: AnswerMatrix) -> Judge:
    """The judge of the last fit, for a matrix. Before the first one everybody is taken for what
    crowds mostly are."""
    if summary.judge is None:
        return _beginner(matrix)
    with np.load(io.BytesIO(bytes(summary.judge)), allow_pickle=False) as stored:
        parts = dict(stored)
    worker_ids, power = parts.pop("worker_ids"), float(parts.pop("power"))
    basis = Basis(str(parts.pop("basis", Basis.MODELS)))  # those of earlier releases don't say
    judge = Judge(**parts, power=power, basis=basis)
    if len(judge.class_shares) != matrix.n_classes:
        return _beginner(matrix)
    places = np.searchsorted(worker_ids, matrix.worker_ids)
    known = np.isin(matrix.worker_ids, worker_ids)
    return judge.of_workers(np.where(known, places, NEWCOMER))


def _beginner(matrix: AnswerMatrix) -> Judge:
    shares = np.full(matrix.n_classes, 1 / matrix.n_classes)
    beginner = Judge(shares, accuracy=np.empty(0), basis=Basis.RECORDS)
    return beginner.of_workers([NEWCOMER] * len(matrix.worker_ids))
