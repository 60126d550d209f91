"""What simulated workers answer who are asked for a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from quality.kinds.chance import draw, pick
from quality.kinds.simulated import RIGHT, TARGETED
from quality.kinds.text.measures import RIGHT_FROM, scores

PHRASES = ("no idea", "can't read it", "some words", "asdf", "lorem ipsum dolor", "the same as before", "ok", "?!")
"""What is written without a look."""

LEFT_OUT = 0.3
"""Of the words that somebody gets wrong, the share that is left out; the others are mistaken for
the same by all."""

LAST_LEFT_OUT = 0.3
"""How often the biased leave out the last words."""


@dataclass(frozen=True, slots=True)
class SimulatedTexts:
    """Who errs gets just so many words wrong that the text does not count as right any more; the
    biased leave out the last ones."""

    schema: Mapping[str, Any]

    def honest(self, truth: str, profile: str, *words: object) -> str:
        if profile == "biased":
            return self._cut(truth) if draw(*words, "errs") < LAST_LEFT_OUT else truth
        return truth if draw(*words, "errs") < RIGHT[profile] else self._spoilt(truth, *words)

    def blind(self, *words: object) -> str:
        return self._kept(PHRASES[pick(len(PHRASES), *words)])

    def in_turn(self, number: int, *words: object) -> str:
        return self._kept(PHRASES[(pick(len(PHRASES), *words) + number) % len(PHRASES)])

    def wrong(self, truth: str, *words: object) -> str:
        first = pick(len(PHRASES), *words)
        phrases = [self._kept(PHRASES[(first + step) % len(PHRASES)]) for step in range(len(PHRASES))]
        far = scores(self.schema, phrases, [truth] * len(phrases)) < RIGHT_FROM
        return phrases[int(far.argmax())]

    def mistaken(self, truth: str) -> str | None:
        return self.wrong(truth, "mistaken") if draw("mistaken", truth) < TARGETED else None

    def _spoilt(self, truth: str, *words: object) -> str:
        parts, between = _parts(truth)
        if not parts:
            return self.wrong(truth, *words)
        count = ceil(len(parts) * (1 - RIGHT_FROM) + 0.5)
        for turn in range(count):
            place = (pick(len(parts), *words, "place") + turn) % len(parts)
            parts[place] = "" if draw(*words, turn) < LEFT_OUT else f"{parts[place][::-1]}e"
        return self._kept(between.join(filter(None, parts)))

    def _cut(self, truth: str) -> str:
        parts, between = _parts(truth)
        return between.join(parts[: len(parts) - max(1, ceil(len(parts) / 5))])

    def _kept(self, text: str) -> str:
        return text[: self.schema["max_length"]].strip()


def _parts(text: str) -> tuple[list[str], str]:
    """Words, or where there is only one the characters, and what stands between them."""
    words = text.split()
    return (words, " ") if len(words) > 1 else (list(text), "")
