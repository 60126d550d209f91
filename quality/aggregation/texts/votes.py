"""Answers that are texts: who wrote what about which task."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from types import MappingProxyType
from typing import Self, get_args

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size
from quality.aggregation.grouped import sums
from quality.aggregation.texts.variants import Variants, variants_of
from quality.aggregation.texts.wording import written
from quality.evaluation.scripts import Unit
from quality.evaluation.words import Indices, Words, encode


@dataclass(frozen=True, eq=False)
class TextVotes:
    """Answers in one canonical order: by task, text and worker, so that names of workers settle no
    tie; or `drawn`.

    tasks, workers: (answers,) codes; an answer that is given twice counts twice.
    texts: (answers,) as they were given, without white space around them.
    known: the true text of each task that has a known one.
    unit: whether texts are compared by words, which white space separates, or by characters.
    seed: of the order that the different texts of each task were drawn in; None where it is
        alphabetical.
    """

    tasks: Codes
    workers: Codes
    texts: tuple[str, ...]
    known: Mapping[int, str]
    n_tasks: int
    n_workers: int
    unit: Unit
    seed: int | None = None

    @classmethod
    def from_texts(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        texts: Iterable[str],
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        known: Mapping[int, str] | None = None,
        unit: Unit = "word",
    ) -> Self:
        """Answers from integer codes of tasks and workers and a text each, one row an answer, in
        any order.

        known: true texts by task code. Sizes that are left out are read off the codes. Raises
        ValueError naming the array and the entry at fault.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        text = _checked_texts("texts", list(texts))
        if not len(task) == len(worker) == len(text):
            lengths = f"tasks has {len(task)}, workers has {len(worker)}, texts has {len(text)}"
            raise ValueError(f"one row an answer, but {lengths}")
        if unit not in get_args(Unit):
            raise ValueError(f"unit must be one of {', '.join(get_args(Unit))}, got {unit!r}")
        truth = dict(sorted((known or {}).items()))
        answered = checked_codes("known", list(truth))
        _checked_texts("known", list(truth.values()))
        n_tasks = checked_size("n_tasks", n_tasks, tasks=task, known=answered)
        n_workers = checked_size("n_workers", n_workers, workers=worker)
        order = sorted(range(len(text)), key=lambda row: (task[row], text[row], worker[row]))
        columns = task[order], worker[order]
        for column in columns:
            column.flags.writeable = False
        ordered = tuple(text[row] for row in order)
        return cls(*columns, ordered, MappingProxyType(truth), n_tasks, n_workers, unit)

    def drawn(self, seed: int) -> Self:
        """The same answers, the different texts of each task in an order drawn from the seed: ties
        go to the first.

        The draw of a task depends on its code and its own texts alone.
        """
        if self.seed == seed:
            return self
        nth = _nth_text(self.tasks, self.texts)
        chance = np.empty(len(nth))
        for place in range(int(nth.max(initial=-1)) + 1):
            rows = nth == place
            chance[rows] = np.random.default_rng([seed, place]).random(self.n_tasks)[self.tasks[rows]]
        order = np.lexsort((nth, chance, self.tasks))
        texts = tuple(self.texts[row] for row in order.tolist())
        return replace(self, tasks=self.tasks[order], workers=self.workers[order], texts=texts, seed=seed)

    def shuffled(self, seed: int) -> Self:
        """The same, drawn so that nothing but a text and the seed tells which of two comes first:
        neither the code of its task nor what was answered elsewhere."""
        lots = [blake2b(f"{seed} {text}".encode(), digest_size=8).digest() for text in self.texts]
        tasks, workers = self.tasks.tolist(), self.workers.tolist()
        order = sorted(range(len(lots)), key=lambda row: (tasks[row], lots[row], self.texts[row], workers[row]))
        texts = tuple(self.texts[row] for row in order)
        return replace(self, tasks=self.tasks[order], workers=self.workers[order], texts=texts, seed=seed)

    @cached_property
    def per_task(self) -> Floats:
        """(tasks,) answers to each task."""
        return sums(self.tasks, np.ones(len(self.tasks)), self.n_tasks)

    @cached_property
    def wording(self) -> "Wording":
        """What the answers say, followed by the known texts in the order of their tasks."""
        return Wording.of((*self.texts, *self.known.values()), self.unit)

    @cached_property
    def variants(self) -> Variants:
        """The different wordings of each task, the medoid first."""
        return variants_of(self.tasks, self.wording.words)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Texts as words, and the forms that the words were written in.

    words: a row a text; vocabulary: the word behind each of its codes.
    forms: (words,) the code of the form of each of `words.codes`; written: the form behind each
        code, alphabetically.
    """

    words: Words
    vocabulary: tuple[str, ...]
    forms: Indices
    written: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], unit: Unit) -> Self:
        pairs = [written(text, unit) for text in texts]
        words, vocabulary = encode([word for word, _ in text] for text in pairs)
        forms, stretches = encode([form for _, form in text] for text in pairs)
        return cls(words, vocabulary, forms.codes, stretches)


def _nth_text(tasks: Codes, texts: Sequence[str]) -> Indices:
    """(answers,) which of the different texts of its task each is, counted from 0."""
    nth = np.zeros(len(texts), dtype=np.int64)
    for row in range(1, len(texts)):
        if tasks[row] == tasks[row - 1]:
            nth[row] = nth[row - 1] + (texts[row] != texts[row - 1])
    return nth


def _checked_texts(name: str, texts: list[str]) -> list[str]:
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"{name}[{row}] is {text!r}, not a text")
    return [text.strip() for text in texts]
