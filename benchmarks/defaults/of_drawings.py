"""Texts, spans, boxes and masks."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.defaults.crowds import Floats, Subject, Worker
from quality.aggregation.boxes import BoxClusters, BoxVotes
from quality.aggregation.masks import MaskAuto, MaskMajority, MaskVotes, Staple
from quality.aggregation.spans import SpanAuto, SpanShare, SpanVotes
from quality.aggregation.texts import Auto as TextAuto
from quality.aggregation.texts import TextMedoid, TextVotes
from quality.evaluation.boxes import Boxes, score_boxes
from quality.evaluation.geometry import box_iou
from quality.evaluation.masks import mask_iou
from quality.evaluation.spans import Spans, score_characters
from quality.evaluation.text import word_errors

N_TASKS = 25
WORDS = [f"{first}{last}" for first in "bdfgklmn" for last in ("are", "ill", "ook", "and", "ine")]
SLOTS, WIDTH, PRESENT = 6, 20, 3
SIDE, SLIP = 32, 0.15


def texts(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[TextVotes, list[str]]:
    """Of the words that a worker doesn't know, half are left out, and half are others."""
    truth = [rng.choice(WORDS, rng.integers(4, 12)).tolist() for _ in range(N_TASKS)]
    rows = [
        (task, who, " ".join(_heard(words, worker, rng)))
        for task, words in enumerate(truth)
        for who, worker in enumerate(workers)
    ]
    return TextVotes.from_texts(*zip(*rows, strict=True)), [" ".join(words) for words in truth]


def _heard(words: list[str], worker: Worker, rng: np.random.Generator) -> list[str]:
    known = rng.random(len(words)) < worker.knows
    guesses = [str(rng.choice(WORDS)) if rng.random() < 0.5 else "" for _ in words]
    missed = rng.random(len(words)) < worker.misses
    said = np.where(missed, "", np.where(known, words, guesses))
    return [str(word) for word in said if word]


def spans(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[SpanVotes, Spans]:
    """Each text has things in some of its slots; who guesses marks others, and ends are a character
    off at times."""
    truth, drawn = _slots(workers, rng)
    rows = [
        (task, who, WIDTH * slot + int(rng.choice([3, 4, 4, 5])), WIDTH * slot + int(rng.choice([12, 13, 13, 14])))
        for task, who, slot in drawn
    ]
    votes = SpanVotes.from_codes(*np.array(rows).T, n_tasks=N_TASKS, n_workers=len(workers), seen=_all_seen(workers))
    tasks, slots = np.array(truth).T
    return votes, Spans.from_rows(tasks, WIDTH * slots + 4, WIDTH * slots + 13)


def boxes(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[BoxVotes, Boxes]:
    """The same with boxes, which are drawn with shaking hands."""
    truth, drawn = _slots(workers, rng)
    tasks, who, slots = np.array(drawn).T
    corners = _squares(slots) + rng.normal(0, 1, (len(slots), 4))
    votes = BoxVotes.from_codes(tasks, who, corners, n_tasks=N_TASKS, n_workers=len(workers), seen=_all_seen(workers))
    true_tasks, true_slots = np.array(truth).T
    return votes, Boxes.from_rows(true_tasks, _squares(true_slots))


def _slots(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[list[Any], list[Any]]:
    """(task, slot) where there is something, and (task, worker, slot) where workers believe that
    there is."""
    truth, drawn = [], []
    for task in range(N_TASKS):
        there = rng.choice(SLOTS, PRESENT, replace=False).tolist()
        truth += [(task, slot) for slot in there]
        for who, worker in enumerate(workers):
            for slot in range(SLOTS):
                seen = slot in there and rng.random() >= worker.misses
                if seen if rng.random() < worker.knows else rng.random() < PRESENT / SLOTS:
                    drawn.append((task, who, slot))
    return truth, drawn


def _all_seen(workers: Sequence[Worker]) -> tuple[Any, Any]:
    return np.repeat(np.arange(N_TASKS), len(workers)), np.tile(np.arange(len(workers)), N_TASKS)


def _squares(slots: Any) -> Floats:
    left = 60.0 * slots
    return np.stack([left, 0 * left, left + 30, 0 * left + 30], axis=1)


@dataclass(frozen=True, slots=True)
class HalfOfTheWorkers:
    """Boxes that half of the workers drew, in about the same place; the median of their corners."""

    def fit(self, votes: BoxVotes) -> Any:
        found = []
        for task in range(votes.n_tasks):
            corners = votes.corners[votes.tasks == task]
            needed = np.count_nonzero(votes.seen_tasks == task) / 2
            while len(corners):
                alike = box_iou(corners[:1], corners)[0] >= 0.5
                if np.count_nonzero(alike) >= needed:
                    found.append((task, np.median(corners[alike], axis=0)))
                corners = corners[~alike]
        tasks, kept = [task for task, _ in found], np.array([box for _, box in found]).reshape(-1, 4)
        return SimpleNamespace(labels=Boxes.from_rows(tasks, kept))


def outlines(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[MaskVotes, list[Any]]:
    """Discs, a pixel aside at times; who guesses draws another disc, and who overlooks stays inside
    the edge."""
    return _painted(workers, rng, _outlined)


def specks(workers: Sequence[Worker], rng: np.random.Generator) -> tuple[MaskVotes, list[Any]]:
    """Discs of which each worker has some pixels wrong, anywhere."""
    return _painted(workers, rng, _speckled)


def _painted(workers: Sequence[Worker], rng: np.random.Generator, paint: Any) -> tuple[MaskVotes, list[Any]]:
    truth = [(*rng.uniform(14, 18, 2), rng.uniform(8, 12)) for _ in range(N_TASKS)]
    masks = [paint(disc, worker, rng) for disc in truth for worker in workers]
    return MaskVotes.from_codes(*_all_seen(workers), masks), [_disc(*each) for each in truth]


def _outlined(disc: Any, worker: Worker, rng: np.random.Generator) -> Any:
    if rng.random() >= worker.knows:
        disc = (*rng.uniform(8, 24, 2), rng.uniform(4, 12))
    x, y, radius = disc
    return _disc(x + rng.normal(0, 0.5), y + rng.normal(0, 0.5), radius * (1 - worker.misses / 2))


def _speckled(disc: Any, worker: Worker, rng: np.random.Generator) -> Any:
    mask = _disc(*disc) & (rng.random((SIDE, SIDE)) >= worker.misses)
    return mask ^ (rng.random((SIDE, SIDE)) < SLIP * (1 - worker.knows))


def _disc(x: float, y: float, radius: float) -> Any:
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    return (across - x) ** 2 + (down - y) ** 2 <= radius**2


def words_right(fit: Any, truth: list[str]) -> float:
    return 1 - word_errors(truth, [label or "" for label in fit.labels]).mean


def overlap(fit: Any, truth: list[Any]) -> float:
    return float(np.mean([mask_iou(true, label) for true, label in zip(truth, fit.labels, strict=True)]))


SUBJECTS = {
    "text": Subject(TextAuto(), TextMedoid(), texts, words_right),
    "spans": Subject(SpanAuto(), SpanShare(0.5), spans, lambda fit, truth: score_characters(truth, fit.labels).f1),
    "boxes": Subject(BoxClusters(), HalfOfTheWorkers(), boxes, lambda fit, truth: score_boxes(truth, fit.labels).f1),
    "masks, outlines": Subject(MaskAuto(), MaskMajority(), outlines, overlap),
    "masks, specks": Subject(MaskAuto(), MaskMajority(), specks, overlap),
    "masks, outlines, by staple": Subject(Staple(), MaskMajority(), outlines, overlap),
    "masks, specks, by staple": Subject(Staple(), MaskMajority(), specks, overlap),
}
