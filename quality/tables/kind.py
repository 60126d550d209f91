"""What the commands need to know of a kind of answer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quality.aggregation import Method
from quality.tables.columns import Columns, Table, Values


@dataclass(frozen=True, slots=True)
class Settings:
    """What a kind may let its user choose.

    order: the classes of a scale, lowest first; empty if they are numbers. level: of measurement,
    None for the usual one of the kind. distance: of two sets of classes. overlap: from which a box
    is right. unit: `words` or `characters` of texts, None for what suits them. seed: of resamples.
    """

    order: tuple[str, ...] = ()
    level: str | None = None
    distance: str = "jaccard"
    overlap: float = 0.5
    unit: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes of any kind, and the names behind their codes.

    votes: what the kind's methods fit. names: of what is labelled, by code: tasks, or items that
        are compared.
    n_votes, n_tasks, n_known: answers, tasks with one, and tasks whose answer is known.
    details: what else is to be told of how they were read, by name.
    """

    votes: Any
    names: Sequence[str]
    workers: Sequence[str]
    classes: Sequence[str]
    n_votes: int
    n_tasks: int
    n_known: int
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of answer: its columns, its methods, and how tables become votes and fits become
    tables.

    votes, known: the columns of files of votes and of known answers. labels, truth: of files of
    labels, and of what is to be held against them.
    settings: the names of the `Settings` it has a use for. unit: what is labelled.
    read: votes with known answers put in. label_columns, worker_columns: a row for each label and
        worker of a fit.
    compare: figures of labels against the truth. agreement: figures of agreement, intervals among
        them.
    worker_agreement: a row a worker. What is None is not to be had of this kind.
    """

    methods: Mapping[str, Method]
    votes: Columns
    known: Columns
    labels: Columns
    truth: Columns
    settings: Collection[str] = ()
    unit: str = "tasks"
    read: Callable[[Table, Table | None, Settings], Ballots]
    label_columns: Callable[[Ballots, Any], dict[str, Values]]
    worker_columns: Callable[[Ballots, Any], dict[str, Values]] | None
    compare: Callable[[Table, Table, Settings], dict[str, Any]]
    agreement: Callable[[Ballots, Settings], dict[str, Any]]
    worker_agreement: Callable[[Ballots], dict[str, Values]] | None = None

    @property
    def default_method(self) -> str:
        return "auto" if "auto" in self.methods else next(iter(self.methods))
