"""Which tasks somebody wants to see: filters, as they are asked for, and as conditions of a
query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.code_points import ByCodePoint, end_of
from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Project
from quality.gold.suspects import suspect_gold
from quality.kinds.protocol import consensus_kind
from quality.models import Consensus
from tasks.models import Response, Task

State = Consensus.State

FLAGS = [
    ("passed_on", gettext_lazy("somebody skipped it, or took an answer back")),
    ("suspect_gold", gettext_lazy("reliable workers contradict its gold")),
]


class NoSuchClass(CrowdError):
    status, code = 400, "no_such_class"


@dataclass(frozen=True, slots=True)
class Label:
    """A label that is looked for: any answer there can be, 0 too."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """What tasks have to be like; where nothing is said, all of them are wanted."""

    project: Project
    beginning: str = ""
    state: str = ""
    label: Label | None = None
    least: float | None = None
    most: float | None = None
    worker: int | None = None
    gold: bool | None = None
    flag: str = ""
    text: str = ""

    @classmethod
    def of(cls, project: Project, asked: Mapping[str, Any]) -> "Wanted":
        """From the parameters of a request. Raises NoSuchClass."""
        return cls(
            project,
            beginning=asked.get("q", ""),
            state=asked.get("state", ""),
            label=_label(project, asked["class"]) if asked.get("class") else None,
            least=asked.get("min_confidence"),
            most=asked.get("max_confidence"),
            worker=asked.get("worker"),
            gold=asked.get("gold"),
            flag=asked.get("flag", ""),
            text=asked.get("text", ""),
        )

    def narrowed(self, rows: Any, *, of_labels: bool) -> Any:
        """Those of these labels, or else tasks, that are wanted."""
        if self.beginning and of_labels:
            rows = rows.filter(Exists(beginning_so(Task.objects.filter(pk=OuterRef("task_id")), self.beginning)))
        elif self.beginning:
            rows = beginning_so(rows, self.beginning)
        conditions = self._conditions(of_labels=of_labels)
        return rows.filter(conditions) if conditions else rows

    def _conditions(self, *, of_labels: bool) -> Q:
        task, label, key = ("task__", "", "task_id") if of_labels else ("", "consensus__", "pk")
        return (
            _when(self.state, _in_state(self.state, task, label, of_labels=of_labels))
            & _when(self.label, Q(**{f"{label}label": self.label and self.label.answer}))
            & _when(self.least is not None, Q(**{f"{label}confidence__gte": self.least}))
            & _when(self.most is not None, Q(**{f"{label}confidence__lte": self.most}))
            & _when(self.worker, Q(_answered_by(self.worker, key)))
            & _when(self.gold, ~Q(**{f"{task}purpose": Task.Purpose.WORK}))
            & _when(self.gold is False, Q(**{f"{task}purpose": Task.Purpose.WORK}))
            & _when(self.flag == "passed_on", Q(**{f"{task}passed_on": True}))
            & _when(self.flag == "suspect_gold", Q(**{f"{key}__in": suspect_gold(self.project).values("task")}))
            & _when(self.text, Q(Says(f"{task}data", text=self.text)))
        )

    def rare(self) -> "list[QuerySet[Any, Any]]":
        """What an index finds at once: keys of tasks, each of which may be few."""
        tasks, labels = Task.objects.for_project(self.project), Consensus.objects.filter(project=self.project)
        found: list[QuerySet[Any, Any]] = []
        if self.flag == "suspect_gold":
            found.append(suspect_gold(self.project).values_list("task_id"))
        if self.gold:
            found.append(tasks.exclude(purpose=Task.Purpose.WORK).values_list("pk"))
        if self.state == State.EXHAUSTED:
            found.append(tasks.filter(is_exhausted=True).values_list("pk"))
        if self.worker:
            found.append(Response.objects.filter(worker=self.worker, replaced_at=None).values_list("task_id"))
        if self.beginning:
            found.append(beginning_so(tasks, self.beginning).values_list("pk"))
        if self.state in (State.SETTLED, State.DISPUTED):
            found.append(labels.filter(state=self.state).values_list("task_id"))
        return found


def _label(project: Project, cell: str) -> Label:
    """The label that a class is written as. Raises NoSuchClass, too where answers can't be counted
    up."""
    for option in consensus_kind(project).options(project.schema):
        if option.cell == cell:
            return Label(option.answer)
    raise NoSuchClass(_("This project has no class {name}.").format(name=cell))


def _when(asked: object, condition: Q) -> Q:
    return condition if asked else Q()


def _in_state(state: str, task: str, label: str, *, of_labels: bool) -> Q:
    """A task is open until its label is something else, and then exhausted where nobody is left to
    answer it."""
    if state not in (State.OPEN, State.EXHAUSTED):
        return Q(**{f"{label}state": state})
    still_open = Q(**{f"{label}state": State.OPEN})
    undecided = still_open if of_labels else Q(consensus=None) | still_open
    return undecided & Q(**{f"{task}is_exhausted": state == State.EXHAUSTED})


def _answered_by(worker: int | None, key: str) -> Exists:
    return Exists(Response.objects.filter(task=OuterRef(key), worker=worker, replaced_at=None))


def beginning_so(rows: Any, beginning: str) -> Any:
    """The tasks whose id begins so, found by an index."""
    if not beginning:
        return rows
    named = rows.alias(task_name=ByCodePoint("external_id"))
    end = end_of(beginning)
    named = named.filter(task_name__gte=beginning)
    return named.filter(task_name__lt=end) if end is not None else named


class Says(Func):
    """Whether any field of a task's data holds a text, in capitals or not."""

    output_field = BooleanField()
    each = {
        "postgresql": "JSONB_EACH_TEXT({data}) AS field(name, value) WHERE value ILIKE %s",
        "sqlite": "JSON_EACH({data}) AS field WHERE field.value LIKE %s ESCAPE '\\'",
    }

    def __init__(self, *expressions: Any, text: str) -> None:
        super().__init__(*expressions)
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        self.pattern = f"%{escaped}%"

    def as_sql(self, compiler: Any, connection: Any, *_more: Any, **_context: Any) -> Any:
        data, parameters = compiler.compile(self.source_expressions[0])
        found = self.each[connection.vendor].format(data=data)
        return f"EXISTS (SELECT 1 FROM {found})", [*parameters, self.pattern]  # noqa: S608 (all of it is ours)
