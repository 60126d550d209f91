"""The answers that a person who decides a task may choose among, each with how probable it is."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Project
from quality.answers.table import canonical
from quality.charts import percent
from quality.kinds.protocol import consensus_kind
from quality.models import Consensus


@dataclass(frozen=True, slots=True)
class LikelyAnswer:
    """An answer as a form sends it and as people read it, with its key if it has one."""

    cell: str
    title: str
    key: str
    share: float

    @property
    def width(self) -> str:
        return percent(self.share)


def likely_answers(project: Project, label: Consensus | None, given: Collection[Answer] = ()) -> list[LikelyAnswer]:
    """All answers there can be, in their order; where these can't be counted up what workers have
    given, each with its share of that, and the label. A label alone is as probable as is believed
    of it."""
    kind = consensus_kind(project)
    if options := kind.options(project.schema):
        share = kind.shares(label.detail) if label else lambda _answer: 0.0
        return [LikelyAnswer(each.cell, each.title, each.key, share(each.answer)) for each in options]
    cell, text = kind.cell(project.schema), kind.text(project.schema)
    answers = {canonical(answer): answer for answer in (*([label.label] if label else []), *given)}
    if label and not given:
        return [LikelyAnswer(cell(label.label), text(label.label), "", label.confidence)]
    counts = Counter(map(canonical, given))
    total = max(counts.total(), 1)
    return [LikelyAnswer(cell(each), text(each), "", counts[key] / total) for key, each in answers.items()]
