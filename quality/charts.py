"""The geometry of the small charts that templates draw as SVG: percentages as text, whatever the
reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

HEAT_STEPS = 10
MARK = 1.6  # how wide an interval's value is drawn, in percent of the axis


def percent(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.2f}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between 0 and 1 with its uncertainty, on an axis from 0 to 1; what lies outside is
    drawn at its end."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Interval":
        return cls(stored["value"], stored["low"], stored["high"])

    @property
    def start(self) -> str:
        return percent(self.low or 0.0)

    @property
    def width(self) -> str:
        return percent(min(self.high or 0.0, 1.0) - max(self.low or 0.0, 0.0))

    @property
    def mark(self) -> str:
        return f"{float(percent(self.value or 0.0)) * (1 - MARK / 100):.2f}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a whole, in a bar that is one whole long."""

    name: str
    count: int
    start: str
    width: str


def stacked(counts: Mapping[str, int]) -> list[Segment]:
    """The parts side by side, in their order."""
    total = sum(counts.values()) or 1
    segments, before = [], 0
    for name, count in counts.items():
        segments.append(Segment(name, count, percent(before / total), percent(count / total)))
        before += count
    return segments


def heat(share: float) -> int:
    """The step of a colour scale, from 0 (none) to HEAT_STEPS (all)."""
    return round(share * HEAT_STEPS)


CURVE_HEIGHT = 40  # of a curve 100 wide


@dataclass(frozen=True, slots=True)
class Curve:
    """Values between 0 and 1 by day, each until the next, with their uncertainty: the corners of an
    SVG line, and of the band around it."""

    line: str
    band: str


def curve(points: Sequence[tuple[date, Interval]]) -> Curve:
    """The curve of these days, the oldest first; the last is as wide as a day."""
    first = points[0][0]
    ends = [(day - first).days for day, _interval in points]
    ends = [*ends, ends[-1] + 1]
    places = [end / ends[-1] for end in ends]
    value, low, high = (
        _stairs(places, [getattr(interval, part) or 0.0 for _day, interval in points])
        for part in ("value", "low", "high")
    )
    return Curve(line=" ".join(value), band=" ".join([*high, *reversed(low)]))


def _stairs(places: Sequence[float], heights: Sequence[float]) -> list[str]:
    """The corners of a line that keeps each height from its place to the next."""
    corners = [(places[step + side], height) for step, height in enumerate(heights) for side in (0, 1)]
    return [f"{percent(place)},{CURVE_HEIGHT * (1 - min(max(height, 0.0), 1.0)):.2f}" for place, height in corners]
