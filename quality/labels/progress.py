"""How far a project is, as its pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality.charts import Segment, stacked
from quality.models import Summary


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a project is, without the tasks whose answers are known."""

    tasks: int
    settled: int
    disputed: int
    exhausted: int
    answers: int
    workers: int
    gold: int
    training: int
    segments: list[Segment]

    @property
    def percent_settled(self) -> int:
        return 100 * self.settled // self.tasks if self.tasks else 0


def progress_of(summary: Summary | None) -> Progress:
    stored: Mapping[str, int] = summary.progress if summary else {}
    counts = {name: stored.get(name, 0) for name in ("settled", "disputed", "exhausted", "open")}
    shown = {name: count for name, count in counts.items() if count or name != "exhausted"}  # as a rule there are none
    return Progress(
        tasks=stored.get("tasks", 0),
        settled=counts["settled"],
        disputed=counts["disputed"],
        exhausted=counts["exhausted"],
        answers=stored.get("responses", 0),
        workers=stored.get("workers", 0),
        gold=stored.get("gold", 0),
        training=stored.get("training", 0),
        segments=stacked(shown),
    )
