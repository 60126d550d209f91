"""An answer that is a set of spans, as it is stored: sorted triples of start, end and class number,
each once. None at all says that there is nothing to mark. A prediction's may end with a score."""

from collections.abc import Callable, Sequence
from typing import Any

Mark = list[Any]  # [start, end, class number], and in predictions maybe a score

MOST_MARKS = 10_000
LAST_PLACE = 2**31 - 1
FIELDS = {"class", "start", "end"}
NamedClass = Callable[[Any], int | None]


class Unusable(ValueError):
    """No mark, or no list of marks. problem: what is wrong, with braces for the `values`."""

    def __init__(self, problem: str, **values: Any) -> None:
        super().__init__(problem.format(**values))
        self.problem, self.values = problem, values


def marks_of(value: Any, number_of: NamedClass, *, scored: bool = False) -> list[Mark]:
    """The marks that a list of objects names. Raises Unusable naming the first one at fault."""
    if not isinstance(value, list):
        raise Unusable(SHAPE)
    if len(value) > MOST_MARKS:
        raise Unusable("At most {most} marks; these are {n}.", most=MOST_MARKS, n=len(value))
    return once([_mark(each, place, number_of, scored) for place, each in enumerate(value, 1)])


SHAPE = (
    'An answer is a list such as [{{"class": "name", "start": 0, "end": 4}}]; an empty one says that nothing is there.'
)


def once(marks: Sequence[Mark]) -> list[Mark]:
    """In order, those alike once: the one with the highest score."""
    best = {tuple(mark[:3]): mark for mark in sorted(marks, key=lambda mark: mark[3:])}
    return [best[place] for place in sorted(best)]


def _mark(given: Any, place: int, number_of: NamedClass, scored: bool) -> Mark:
    if not isinstance(given, dict) or not given.keys() >= FIELDS:
        raise Unusable("Mark {place} must have a class, a start and an end.", place=place)
    known = FIELDS | ({"score"} if scored else set())
    if unknown := given.keys() - known:
        raise Unusable("Mark {place}: {name} is not known.", place=place, name=str(min(unknown))[:40])
    number = number_of(given["class"])
    if number is None:
        raise Unusable("Mark {place}: {name} is not a class of this project.", place=place, name=_brief(given["class"]))
    start, end = given["start"], given["end"]
    if not (_is_place(start) and _is_place(end) and start < end):
        problem = "Mark {place} goes from {start} to {end}: whole numbers are needed, the first below the second."
        raise Unusable(problem, place=place, start=_brief(start), end=_brief(end))
    return [start, end, number, *_score(given, place)]


def _score(given: dict[str, Any], place: int) -> list[float]:
    score = given.get("score")
    if score is None:
        return []
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise Unusable("Mark {place}: {score} is not a score from 0 to 1.", place=place, score=_brief(score))
    return [float(score)]


def _is_place(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LAST_PLACE


def _brief(value: Any) -> str:
    return repr(value)[:40] if isinstance(value, str | int | float | None) else type(value).__name__


def last_end(marks: Sequence[Mark]) -> int:
    """Where the last of them ends."""
    return max((mark[1] for mark in marks), default=0)


def unscored(marks: Sequence[Mark]) -> list[Mark]:
    return [mark[:3] for mark in marks]
