"""What simulated workers answer who are asked for spans."""

from collections.abc import Sequence
from dataclasses import dataclass

from quality.kinds.chance import draw, pick
from quality.kinds.simulated import RIGHT, TARGETED
from quality.kinds.spans.answers import Mark, once
from quality.kinds.spans.measures import RIGHT_FROM, score

LONG = 8  # characters of a span an end of which may be missed by one, and the answer is right still
MISSED = 0.2  # of the ends of such spans


@dataclass(frozen=True, slots=True)
class SimulatedSpans:
    """Who is right is so but for an end here and there; who is not overlooks spans, takes half of
    them, or another class. They never see the text: whoever guesses marks its beginning, or
    nothing."""

    numbers: Sequence[int]

    def honest(self, truth: list[Mark], profile: str, *words: object) -> list[Mark]:
        if draw(*words) < RIGHT[profile]:
            return once([_nearly(mark, *words, place) for place, mark in enumerate(truth)])
        astray = [each for place, mark in enumerate(truth) for each in self._astray(mark, *words, place)]
        return once(astray) if score(astray, truth) < RIGHT_FROM else self.wrong(truth, *words)

    def blind(self, *words: object) -> list[Mark]:
        return self.in_turn(pick(2, *words), *words)

    def in_turn(self, number: int, *words: object) -> list[Mark]:
        return [[0, 1, self._any(*words)]] if number % 2 else []

    def wrong(self, truth: list[Mark], *words: object) -> list[Mark]:
        if not truth:
            return [[0, 1, self._any(*words)]]
        return (
            once([[start, end, self._other(number)] for start, end, number in truth]) if len(self.numbers) > 1 else []
        )

    def mistaken(self, truth: list[Mark]) -> list[Mark] | None:
        is_target = draw("mistaken", str(truth)) < TARGETED
        return self.wrong(truth, "mistaken") if is_target else None

    def _astray(self, mark: Mark, *words: object) -> list[Mark]:
        start, end, number = mark
        half = [start, max((start + end) // 2, start + 1), number]
        return [[], [half], [[start, end, self._other(number)]]][pick(3, "astray", *words)]

    def _any(self, *words: object) -> int:
        return self.numbers[pick(len(self.numbers), "class", *words)]

    def _other(self, number: int) -> int:
        return self.numbers[(self.numbers.index(number) + 1) % len(self.numbers)]


def _nearly(mark: Mark, *words: object) -> Mark:
    start, end, number = mark
    late = end - start >= LONG and draw("end", *words) < MISSED
    return [start + late, end, number]
