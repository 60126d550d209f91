"""Walking through the tasks of a project in an order, from a place on: so far that a page is full,
or until a bounded number of tasks has been looked through, however rare what is wanted is."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)

from crowd.code_points import ByCodePoint
from quality.browser.wanted import Wanted, beginning_so
from quality.models import Consensus
from tasks.models import Task

STEP = 10_000  # tasks that one request looks through
STEP_OF_LABELS = 3_000  # in the order of something else than ids: each is read from another place of the disk
STEP_OF_TEXTS = 2_000
FEW = 2_000  # tasks that an index finds, up to which all of them are looked at

Place = tuple[Any, ...]
State = Consensus.State


class Found(NamedTuple):
    """A task, and where it stands in the order."""

    place: Place
    key: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the wanted tasks in order, and the place up to which none are missing; None is the
    end."""

    found: list[Found]
    end: Place | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of tasks, by columns that an index has in the same order; by the label's, only tasks
    that have one are in it."""

    columns: tuple[str, ...]
    of_labels: bool = True
    descending: bool = False

    @property
    def key(self) -> str:
        return "task_id" if self.of_labels else "pk"

    def sorted(self, rows: Any) -> Any:
        return rows.order_by(*(f"-{name}" if self.descending else name for name in self.columns))

    def beyond(self, rows: Any, place: Place | None) -> Any:
        """The rows after a place."""
        lookup = TupleLessThan if self.descending else TupleGreaterThan
        return rows.filter(self._held(lookup, place), self._roughly(not self.descending, place)) if place else rows

    def until(self, rows: Any, place: Place | None) -> Any:
        """The rows up to a place, and that itself."""
        lookup = TupleGreaterThanOrEqual if self.descending else TupleLessThanOrEqual
        return rows.filter(self._held(lookup, place), self._roughly(self.descending, place)) if place else rows

    def _held(self, lookup: Any, place: Place) -> Any:
        return lookup(Tuple(*self.columns), place)

    def _roughly(self, more: bool, place: Place) -> Q:
        """The same of the first column alone: SQLite finds both ends of a stretch by it."""
        return Q(**{f"{self.columns[0]}__{'gte' if more else 'lte'}": place[0]})

    def later(self, one: Place, other: Place) -> bool:
        return one < other if self.descending else one > other


BY_NAME = Order(("name",), of_labels=False)
ORDERS = {
    "id": BY_NAME,
    "confidence": Order(("confidence", "task_id")),
    "updated": Order(("updated_at", "task_id")),
    "answers": Order(("responses", "task_id")),
}
ORDERS |= {f"-{name}": replace(order, descending=True) for name, order in ORDERS.items()}


def walk(wanted: Wanted, order: Order, place: Place | None, at_most: int) -> Stretch:
    """The next wanted tasks after a place. Fewer than asked for are not the last ones, as long as
    there is an end to go on from."""
    few = _few(wanted, order)
    if few is not None:
        return _all_of(few, wanted, order, place, at_most)
    streams, left = _streams(wanted, order)
    step = max(1, step_of(wanted, order) // len(streams))
    stretches = [_stretch(rows, left, order, place, at_most, step) for rows in streams]
    return stretches[0] if len(stretches) == 1 else _merged(stretches, order, at_most)


def step_of(wanted: Wanted, order: Order) -> int:
    """How many tasks a request looks through for this."""
    return STEP_OF_TEXTS if wanted.text else STEP_OF_LABELS if order.of_labels else STEP


def _few(wanted: Wanted, order: Order) -> list[int] | None:
    """A small number of tasks, all that are wanted among them, if an index says so; but for what
    the walk itself finds by one."""
    beginning = "" if order.columns == BY_NAME.columns else wanted.beginning
    state = "" if "confidence" in order.columns and wanted.state != State.EXHAUSTED else wanted.state
    for keys in replace(wanted, beginning=beginning, state=state).rare():
        if not keys.order_by()[FEW : FEW + 1]:
            return [key for (key,) in keys.order_by()[:FEW]]
    return None


def _all_of(keys: Sequence[int], wanted: Wanted, order: Order, place: Place | None, at_most: int) -> Stretch:
    """All of these are read and sorted here, so that no database can take a long way round."""
    rows = wanted.narrowed(_everything(wanted, order), of_labels=order.of_labels)
    found = _read(rows.filter(**{f"{order.key}__in": list(keys)}).order_by(), order)
    found = [each for each in found if place is None or order.later(each.place, place)]
    found.sort(reverse=order.descending)
    return _cut(found, None, at_most)


def _everything(wanted: Wanted, order: Order) -> Any:
    rows = Consensus.objects.filter(project=wanted.project)
    return rows if order.of_labels else Task.objects.for_project(wanted.project).alias(name=ByCodePoint("external_id"))


def _streams(wanted: Wanted, order: Order) -> tuple[list[Any], Wanted]:
    """Rows each lot of which an index gives in this order, and what else is wanted of them. By
    confidence there is a lot for each state."""
    rows = _everything(wanted, order)
    if not order.of_labels:
        return [beginning_so(rows, wanted.beginning)], replace(wanted, beginning="")
    if "confidence" not in order.columns:
        return [rows], wanted
    rows = Wanted(wanted.project, least=wanted.least, most=wanted.most).narrowed(rows, of_labels=True)
    if wanted.state in (State.SETTLED, State.DISPUTED):
        return [rows.filter(state=wanted.state)], replace(wanted, least=None, most=None, state="")
    states = [State.OPEN] if wanted.state else [State.OPEN, State.SETTLED, State.DISPUTED]
    return [rows.filter(state=state) for state in states], replace(wanted, least=None, most=None)


def _stretch(rows: Any, wanted: Wanted, order: Order, place: Place | None, at_most: int, step: int) -> Stretch:
    following = order.sorted(order.beyond(rows, place))
    if wanted == Wanted(wanted.project):
        return _cut(_read(following[: at_most + 1], order), None, at_most)
    bound = next(iter(_read(following[step - 1 : step], order)), None)
    end = bound and bound.place
    found = wanted.narrowed(order.until(following, end), of_labels=order.of_labels)
    return _cut(_read(found[: at_most + 1], order), end, at_most)


def _read(rows: Any, order: Order) -> list[Found]:
    named = rows if order.of_labels else rows.annotate(name=ByCodePoint("external_id"))
    return [Found(values[:-1], values[-1]) for values in named.values_list(*order.columns, order.key)]


def _cut(found: list[Found], end: Place | None, at_most: int) -> Stretch:
    return Stretch(found, end) if len(found) <= at_most else Stretch(found[:at_most], found[at_most - 1].place)


def _merged(stretches: Sequence[Stretch], order: Order, at_most: int) -> Stretch:
    """As far as all of them go."""
    ends = [each.end for each in stretches if each.end is not None]
    end = (max if order.descending else min)(ends) if ends else None
    found = [each for stretch in stretches for each in stretch.found if end is None or not order.later(each.place, end)]
    return _cut(sorted(found, reverse=order.descending), end, at_most)


def cursor_of(place: Place) -> str:
    """A place as it stands in addresses."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in place]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def place_of(cursor: str, order: Order) -> Place:
    """Raises ValueError where this is no place in that order."""
    values = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    if not isinstance(values, list) or len(values) != len(order.columns):
        raise ValueError(cursor)
    return tuple(_KINDS[name](value) for name, value in zip(order.columns, values, strict=True))


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value


def _key(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def _count(value: Any) -> int:
    return min(_key(value), 2**31 - 1)


def _share(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ValueError(value)
    return float(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


_KINDS = {"name": _text, "task_id": _key, "confidence": _share, "responses": _count, "updated_at": _moment}
