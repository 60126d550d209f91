"""From what is recorded, and what is known besides, to the matrix that a kind of answer makes
labels of."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db.models import QuerySet

from crowd.projects.answer_kinds import Answer, kind_of, reclassed_of
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL
from quality.answers.model_voters import without_vote
from quality.answers.priors import priors_of
from quality.answers.table import AnswerTable, among, canonical, read_table, reclassed_table
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.protocol import consensus_kind
from quality.models import Adjudication, GoldAnswer


def read_matrix(project: Project, task_ids: Sequence[int] | None = None) -> AnswerMatrix:
    """What stands on a project's tasks, or on these of them, by its rows."""
    return matrix_of(project, read_table(project, task_ids))


def matrix_of(project: Project, table: AnswerTable) -> AnswerMatrix:
    """What is recorded, and what is known besides: gold and decisions, as they are now."""
    table = reclassed_table(table, project)
    ids, answers = table.tasks["task"], table.answers
    counts = answers["response"] > 0
    if project.prelabels_vote and not counts.all():
        counts |= ~np.isin(answers["worker"], without_vote(project))
    answers = answers[counts]
    golds, adjudications = (_known(model, project, ids) for model in (GoldAnswer, Adjudication))
    codes = kind_of(project).codes(project.schema)
    values = _Interned(table.values) if codes is None else _Counted(codes)
    gold, adjudicated = (_places(project, rows, values, ids) for rows in (golds, adjudications))
    answered = among(ids, answers["task"][answers["response"] > 0])
    kept = answered | (gold != NO_LABEL) | (adjudicated != NO_LABEL)
    ids, answers = ids[kept], answers[among(answers["task"], ids[kept])]
    worker_ids, workers = np.unique(answers["worker"], return_inverse=True)
    machine = np.zeros(len(worker_ids), dtype=bool)
    machine[workers[answers["response"] < 0]] = True
    return AnswerMatrix(
        task_ids=ids,
        revisions=table.tasks["revision"][kept],
        worker_ids=worker_ids,
        machine=machine,
        prior=np.array(priors_of(worker_ids)),
        task=np.searchsorted(ids, answers["task"]),
        worker=workers,
        response=np.ascontiguousarray(answers["response"]),
        seconds=np.ascontiguousarray(answers["seconds"]),
        drawn=np.isin(ids, list(golds.filter(drawn=True).values_list("task_id", flat=True))),
        schema=project.schema,
        subjects=consensus_kind(project).subjects(project, ids),
        **values.settled(answer=answers["answer"].astype(np.int64), gold=gold[kept], adjudicated=adjudicated[kept]),
    )


FEW = 5_000
"""Tasks that are asked for by key; of more all known ones of the project are read."""


def _known(model: Any, project: Project, ids: Ints) -> QuerySet[Any]:
    known: QuerySet[Any] = model.objects.filter(task__project=project)
    return known.filter(task__in=ids.tolist()) if len(ids) <= FEW else known


def _places(project: Project, known: QuerySet[Any], values: "_Counted | _Interned", ids: Ints) -> Ints:
    reclassed = reclassed_of(project)
    codes = np.full(len(ids), NO_LABEL, dtype=np.int64)
    for task_id, answer in known.values_list("task_id", "answer"):
        place = int(np.searchsorted(ids, task_id))
        if place < len(ids) and ids[place] == task_id:
            codes[place] = values.code_of(reclassed(answer))
    return codes


class _Counted:
    """All answers there can be: whole numbers, which are their codes in the answer table."""

    def __init__(self, codes: Iterable[int]) -> None:
        self._codes = sorted(codes)

    def code_of(self, answer: int) -> int:
        return answer

    def settled(self, **codes: Ints) -> dict[str, Any]:
        """Places of values in the place of codes, and the values."""
        places = np.full(self._codes[-1] + 2, NO_LABEL, dtype=np.int64)  # the last one stands for NO_LABEL
        places[self._codes] = np.arange(len(self._codes))
        return {"values": self._codes, **{name: places[each] for name, each in codes.items()}}


class _Interned:
    """Answers of any form, by the places in which the answer table keeps them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._codes = {text: code for code, text in enumerate(texts)}

    def code_of(self, answer: Answer) -> int:
        return self._codes.setdefault(canonical(answer), len(self._codes))

    def settled(self, **codes: Ints) -> dict[str, Any]:
        """Places of values in the place of codes, and the values that occur, in an order that
        depends on nothing but these."""
        texts = list(self._codes)
        occurring = np.unique(np.concatenate(list(codes.values())))
        ordered = sorted((texts[code], code) for code in occurring.tolist() if code != NO_LABEL)
        places = np.full(len(texts) + 1, NO_LABEL, dtype=np.int64)
        places[[code for _text, code in ordered]] = np.arange(len(ordered))
        values = [json.loads(text) for text, _code in ordered]
        return {"values": values, **{name: places[each] for name, each in codes.items()}}
