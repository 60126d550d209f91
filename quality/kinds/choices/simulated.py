"""What simulated workers answer who are asked for sets of classes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quality.kinds.chance import draw, pick
from quality.kinds.choices.measures import RIGHT_FROM, f1, least_of, most_of
from quality.kinds.simulated import RIGHT, SLIPS, TARGETED


@dataclass(frozen=True, slots=True)
class SimulatedSets:
    """Who is wrong has overlooked a class, or made one up, or taken one for another; the biased
    take the first classes for the ones after them."""

    schema: Mapping[str, Any]

    def honest(self, truth: list[int], profile: str, *words: object) -> list[int]:
        if profile == "biased":
            slips = draw(*words, "slips") < SLIPS
            return self.blind(*words) if slips else self.mistaken(truth) or truth
        return truth if draw(*words) < RIGHT[profile] else self._slip(truth, *words)

    def blind(self, *words: object) -> list[int]:
        """As few classes as may be, or one."""
        return self.in_turn(0, *words)

    def in_turn(self, number: int, *words: object) -> list[int]:
        place = (pick(len(self._classes) + 1, *words) + number) % (len(self._classes) + 1)
        if place == len(self._classes) and not self._least:
            return []
        return self._from(place, max(self._least, 1))

    def wrong(self, truth: list[int], *words: object) -> list[int]:
        """Classes that don't apply, as far as there are any."""
        others = self._others(truth)
        start = pick(max(len(others), 1), *words)
        return sorted([*others[start:], *others[:start], *truth][: max(self._least, 1)]) if others else []

    def mistaken(self, truth: list[int]) -> list[int] | None:
        classes = self._classes
        targets = classes[: max(1, round(len(classes) * TARGETED))]
        if not set(targets) & set(truth):
            return None
        taken = {classes[(classes.index(each) + 1) % len(classes)] if each in targets else each for each in truth}
        return sorted(taken) if len(taken) >= self._least else None

    def _slip(self, truth: list[int], *words: object) -> list[int]:
        slips = list(self._slips(truth, *words))
        return slips[pick(len(slips), *words, "slip")] if slips else self.wrong(truth, *words)

    def _slips(self, truth: list[int], *words: object) -> Iterator[list[int]]:
        """Sets that are one class off, if that is enough to be wrong."""
        others = self._others(truth)
        more = {others[pick(len(others), *words, "more")]} if others else set()
        less = {truth[pick(len(truth), *words, "less")]} if truth else set()
        for given in (set(truth) - less, set(truth) | more, set(truth) - less | more):
            if self._least <= len(given) <= self._most and f1(given, truth) < RIGHT_FROM:
                yield sorted(given)

    def _from(self, place: int, size: int) -> list[int]:
        return sorted(self._classes[(place + n) % len(self._classes)] for n in range(size))

    def _others(self, truth: Collection[int]) -> list[int]:
        return [each for each in self._classes if each not in truth]

    @property
    def _classes(self) -> list[int]:
        return [each["number"] for each in self.schema["classes"]]

    @property
    def _least(self) -> int:
        return least_of(self.schema)

    @property
    def _most(self) -> int:
        return most_of(self.schema)
