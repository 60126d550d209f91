"""The kinds of answer that a project can ask for, by their names in the contract. Each is a package
of its own (`quality.kinds`), which registers itself when the site starts: nobody else knows what an
answer means, or what a project has to say of its answers.

Whoever asks for the kinds while modules are loaded gets none: they are asked for when something is
to be checked, drawn or documented.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django import forms

from crowd.api import StrictSerializer
from crowd.errors import CrowdError, Fault
from crowd.projects.classes import merged_numbers
from crowd.projects.models import Project

Answer = Any  # what one worker gave, as it is stored: JSON, whose meaning is its kind's
Prediction = Any  # what a model says of a task, the same way
Schema = Any  # what a project says of its answers, as JSON; all but the `type` is its kind's


class InvalidAnswer(CrowdError):
    """No answer that the project takes; `errors` names the field, which is `answer` where nothing
    else is said."""

    status, code = 400, "invalid_answer"

    def __init__(self, detail: str = "", *, errors: list[Fault] | None = None) -> None:
        super().__init__(detail, errors=errors or [{"field": "answer", "code": self.code, "detail": detail}])


class InvalidData(CrowdError):
    """No task that answers of this kind can be given to; `field` names what is at fault."""

    status, code = 400, "invalid_data"

    def __init__(self, detail: str = "", *, field: str = "data") -> None:
        super().__init__(detail, errors=[{"field": field, "code": self.code, "detail": detail}])


class VotedOn(NamedTuple):
    """A row of votes as it would be, had it named its task and its answer as others do; and the
    data of that task."""

    cells: Mapping[str, Any]
    data: Mapping[str, Any]


class Subject(Protocol):
    """What is asked about: a task, as far as answers to it depend on it."""

    @property
    def data(self) -> Any: ...

    @property
    def has_content(self) -> bool:
        """Whether anything is known of it: of a task that only stands for its votes nothing
        is."""
        ...


class SchemaRules(Protocol):
    """What a project has to say of its answers of a kind, beside the kind's name."""

    @property
    def serializer(self) -> type[StrictSerializer]:
        """What the API takes and shows. Its context has the `project` that is to be changed."""
        ...

    def stored(self, schema: Schema, before: Schema | None = None) -> Schema:
        """The schema as it is kept, in the place of the one `before`. Raises a CrowdError where
        answers that are there would lose their meaning."""
        ...

    def form_fields(self) -> dict[str, forms.Field]:
        """The schema as fields of a form for owners."""
        ...

    def to_form(self, schema: Schema) -> dict[str, Any]:
        """What the fields show of a schema."""
        ...

    def from_form(self, data: Mapping[str, Any], before: Schema | None) -> dict[str, Any]:
        """What the serializer gets of the fields; `before` is the schema of the API so far."""
        ...


class AnswerKind(Protocol):
    """What the rest of the service needs to know of a kind of answer."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Any:
        """What workers give, in words for owners."""
        ...

    @property
    def schema(self) -> SchemaRules: ...

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that make labels of such answers, in the order in which they are offered;
        `auto`, the default, is one of them."""
        ...

    @property
    def right_from(self) -> float:
        """The score from which on an answer counts as right."""
        ...

    @property
    def ranks(self) -> bool:
        """Whether its tasks compare items, which become a ranking."""
        ...

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The fields of a task's data that answers refer to, which stay as they are while there are
        answers; none where `fitting` never looks at the task."""
        ...

    def parse(self, value: Any, project: Project) -> Answer:
        """The answer as it is stored. Raises InvalidAnswer."""
        ...

    def fitting(self, answer: Answer, subject: Subject) -> Answer:
        """A parsed answer, made to fit what it is given to. Raises InvalidAnswer where it can't
        be an answer to that."""
        ...

    def checked_data(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data of a task as they are stored. Raises InvalidData where no answer of this kind
        could be given to them."""
        ...

    @property
    def vote_columns(self) -> tuple[str, ...]:
        """Columns of a table of votes that say what a task is made of. A kind that has some makes
        no task of a name alone."""
        ...

    @property
    def told_of_tasks(self) -> Mapping[str, tuple[str, ...]]:
        """Columns that answers bring with them when they go out, and where the data of the task
        have them: `voted_on` reads them."""
        ...

    def voted_on(self, cells: Mapping[str, Any]) -> VotedOn | None:
        """What a row of votes says of its task by such columns. Raises InvalidData."""
        ...

    def moved(self, answer: Answer, given: Mapping[str, Any], data: Mapping[str, Any]) -> Answer:
        """An answer to a task as a row of votes gives it, as one to the task of that name as it is.
        Raises InvalidData."""
        ...

    def presented(self, data: Mapping[str, Any], lot: int) -> Mapping[str, Any]:
        """The data of a task as a worker is shown them, by the lot that fell to the two."""
        ...

    def turned(self, answer: Answer, lot: int) -> Answer:
        """From an answer to what the worker was shown to one to the task as it is stored, and
        back."""
        ...

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        """What turns stored answers into what programs send and get; None where there is none."""
        ...

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        """What writes answers as cells of a table and fields of a form hold them: `parse` reads
        them, too."""
        ...

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        """What writes answers of this schema in one line, as people read them; nothing where there
        is no answer."""
        ...

    def codes(self, schema: Schema) -> Sequence[int] | None:
        """All answers there can be, where answers are stored as whole numbers; None where they
        can't be counted up."""
        ...

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        """How right an answer is, from 0 to 1."""
        ...

    def chance(self, schema: Schema) -> float:
        """The probability that a blind guess counts as right."""
        ...

    def prediction(self, given: Mapping[str, Any], project: Project) -> Prediction:
        """A model's prediction as it is stored, from `answer` or what else the kind takes. Raises
        InvalidAnswer."""
        ...

    def predicted(self, prediction: Prediction) -> Answer | None:
        """The answer that a prediction comes to, if it comes to any."""
        ...

    def reclassed(self, answer: Answer, numbers: Mapping[int, int]) -> Answer:
        """The answer in which classes of some numbers are those of other numbers, into which they
        were merged; the same answer where it names none of them."""
        ...

    def reclassed_prediction(self, prediction: Prediction, numbers: Mapping[int, int]) -> Prediction:
        """The same of a prediction."""
        ...

    def asked(self, schema: Schema) -> dict[str, Any]:
        """The schema as the kind's `input.html` and the `mount` of its `control.js` get it."""
        ...

    def keys(self, schema: Schema) -> dict[str, str]:
        """The keys that answer a task, each with what it answers in words."""
        ...


_kinds: dict[str, AnswerKind] = {}


def register(kind: AnswerKind) -> None:
    """Let projects ask for answers of this kind."""
    _kinds[kind.name] = kind


def registered() -> Mapping[str, AnswerKind]:
    """Name → kind; the one that new projects ask for if nothing is said comes first."""
    return _kinds


def kind_of(project: Project) -> AnswerKind:
    """The kind of answer that a project asks for."""
    return _kinds[project.schema["type"]]


def text_of(project: Project) -> Callable[[Answer], str]:
    """What writes the answers of a project in one line."""
    return kind_of(project).text(project.schema)


def shown_of(project: Project) -> Callable[[Answer], Any]:
    """What turns the stored answers of a project into what programs send and get."""
    return kind_of(project).shown(project.schema)


def parsed(value: Any, project: Project, subject: Subject) -> Answer:
    """An answer to a task as it is stored. Raises InvalidAnswer."""
    return made_to_fit(kind_of(project).parse(value, project), project, subject)


def made_to_fit(answer: Answer, project: Project, subject: Subject) -> Answer:
    """A parsed answer, or a prediction, as one to this, if anything is known of it. Raises
    InvalidAnswer."""
    return kind_of(project).fitting(answer, subject) if subject.has_content else answer


def lot_of(worker_id: int, task_id: int) -> int:
    """A number that looks drawn at random, the same for a worker and a task whenever they meet."""
    return int.from_bytes(hashlib.blake2b(f"{worker_id} {task_id}".encode(), digest_size=8).digest())


def reclassed_of(project: Project) -> Callable[[Answer], Answer]:
    """What writes stored answers of a project by the classes that there are now: those of before a
    merge may stand there until its job has come to them."""
    kind, numbers = kind_of(project), merged_numbers(project.schema)
    return (lambda answer: kind.reclassed(answer, numbers)) if numbers else lambda answer: answer


def is_right(project: Project, given: Answer, right: Answer) -> bool:
    """Whether an answer counts as right."""
    kind, reclassed = kind_of(project), reclassed_of(project)
    return kind.score(reclassed(given), reclassed(right), project.schema) >= kind.right_from
