"""How right a text is, and how far workers agree by texts."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL
from quality.aggregation.codes import Floats
from quality.agreement import Interval, measure_distances
from quality.evaluation import Unit, parts_of, unit_of
from quality.evaluation.text import plain, text_errors
from quality.kinds.choice.measures import told
from quality.kinds.matrix import AnswerMatrix

RIGHT_FROM = 0.9
"""One word of ten may be wrong: few write down a long text without any slip, and of a short one, or
of a single word, all must be right."""

CHANCE = 0.0
"""Nobody guesses a text."""


UNITS: Mapping[str, Unit] = MappingProxyType({"words": "word", "characters": "character"})
"""What texts are cut into, by the name that projects and the command line have for it."""


def unit_for(schema: Mapping[str, Any], texts: Iterable[str]) -> Unit:
    """What texts are cut into: what the project says, else what suits the scripts they are in."""
    return UNITS[schema["unit"]] if "unit" in schema else unit_of(texts)


def scores(schema: Mapping[str, Any], given: Sequence[str], right: Sequence[str]) -> Floats:
    """(texts,) 1 less the error rate of each, and 0 where more is wrong than there is to write."""
    units = np.array([unit_for(schema, [text]) for text in right], dtype=str)
    found = np.zeros(len(right))
    for unit in np.unique(units).tolist():
        rows = np.flatnonzero(units == unit).tolist()
        errors = text_errors([right[row] for row in rows], [given[row] for row in rows], unit)
        found[rows] = np.maximum(1 - errors.each, 0.0)
    return found


def scores_on_gold(matrix: AnswerMatrix) -> Floats:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    return scores_by(matrix, matrix.gold)


def scores_by(matrix: AnswerMatrix, known: Any) -> Floats:
    """(answers,) the score of each by what is known of its task (tasks,), the places of values or
    NO_LABEL; nan where nothing is."""
    right = known[matrix.task]
    rows = np.flatnonzero(right != NO_LABEL)
    found = np.full(len(right), np.nan)
    pairs, back = np.unique(np.stack([matrix.answer[rows], right[rows]]), axis=1, return_inverse=True)
    given, true = ([matrix.values[place] for place in places] for places in pairs.tolist())
    found[rows] = scores(matrix.schema, given, true)[back.ravel()]
    return found


LOOKED, A_KEY = 2.0, 0.2
"""Seconds that even an empty text takes, and that a character does."""

LONG = 4
"""Words that two workers don't get wrong alike by chance."""


def effort(matrix: AnswerMatrix) -> Floats:
    """(answers,) the seconds that each text takes by and large, to look and to type."""
    lengths = np.array([len(text) for text in matrix.values], dtype=np.float64)
    return LOOKED + A_KEY * lengths[matrix.answer]


def unlikely(matrix: AnswerMatrix, labels: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(answers,) long ones that differ from the label of their task (tasks,): in one word or more,
    whatever their marks and capitals."""
    said, label = [plain(text) for text in matrix.values], [plain(text) for text in labels]
    is_long = np.array([len(text.split()) >= LONG or len(text) >= LONG**2 for text in said], dtype=bool)
    differs = [
        said[place] != label[task] for place, task in zip(matrix.answer.tolist(), matrix.task.tolist(), strict=True)
    ]
    return is_long[matrix.answer] & np.array(differs, dtype=bool)


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha by shares of edits, and how often two texts of a task say the same."""
    people = matrix.response > 0
    unit = unit_for(matrix.schema, matrix.values)
    parts = [tuple(parts_of(text, unit)) for text in matrix.values]
    task, said = matrix.task[people], [parts[place] for place in matrix.answer[people].tolist()]
    edits, others = (measure_distances(task, said, each, np.random.default_rng(0)) for each in (share_of_edits, _other))
    differ = others.distance
    same = Interval(1 - differ.value, 1 - differ.high, 1 - differ.low)
    return {"krippendorff_alpha": told(edits.krippendorff_alpha), "percent_agreement": told(same)}


def _other(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    return float(one != other)


def share_of_edits(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Parts to insert, delete or replace to make one text of the other, over the parts of the
    longer; 0 of equals."""
    return _edits(one, other) / max(len(one), len(other), 1)


def _edits(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """G. Myers (1999), A fast bit-vector algorithm for approximate string matching, as H. Hyyrö
    (2001) simplified it.

    Bit i of `up` and of `down` tells whether i + 1 words of `one` are an edit further from the
    words of `other` so far than i words of it, or an edit nearer.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    every, last = (1 << len(one)) - 1, 1 << len(one) >> 1
    up, down, distance = every, 0, len(one)
    for word in other:
        equal = places.get(word, 0)
        kept = (((equal & up) + up) ^ up) | equal | down
        more, less = down | ~(kept | up), up & kept
        distance += bool(more & last) - bool(less & last) if one else 1
        more, less = more << 1 | 1, less << 1
        up, down = (less | ~(kept | more)) & every, more & kept & every
    return distance
