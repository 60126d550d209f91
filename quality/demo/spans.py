"""Sentences in which workers mark people and places."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from quality.demo.demo import Demo, DemoTask

TASKS = 60
PEOPLE = ("Ada Lovelace", "Grace Hopper", "𠮷田", "Émilie du Châtelet", "Alan Turing", "Hypatia")
PLACES = ("Alexandria", "London", "北京", "New York", "São Paulo", "the Alps")
SENTENCES = (
    "{person} took the night train to {place}.",
    "It rained all day in {place}, and nobody went out.",
    "Had {person} known {other}, they would have met in {place}.",
    "{person} wrote three letters and burnt two of them 🔥.",
    "The train was late, as it was the day before.",
    "From {place} it takes a week by ship.",
)


def sentences() -> Iterator[DemoTask]:
    chance = np.random.default_rng(2026)
    for number in range(1, TASKS + 1):
        pattern = SENTENCES[int(chance.integers(len(SENTENCES)))]
        people = chance.choice(len(PEOPLE), 2, replace=False).tolist()
        names = {"person": PEOPLE[people[0]], "other": PEOPLE[people[1]], "place": str(chance.choice(PLACES))}
        text = pattern.format(**names)
        yield DemoTask(f"sentence-{number:02}", _marks(text), {"text": text})


def _marks(text: str) -> list[dict[str, Any]]:
    """Every person and place of the sentence, where it stands."""
    return [*_named("person", PEOPLE, text), *_named("place", PLACES, text)]


def _named(of_class: str, names: Sequence[str], text: str) -> list[dict[str, Any]]:
    starts = [(name, text.index(name)) for name in names if name in text]
    return [{"class": of_class, "start": start, "end": start + len(name)} for name, start in starts]


NAMES = Demo(
    kind="spans",
    slug="demo-spans",
    name=_("Names"),
    instructions=_("Mark every person and every place. Some sentences name nobody."),
    schema={"type": "spans", "classes": [{"name": "person", "key": "p"}, {"name": "place", "key": "o"}]},
    tasks=sentences,
)
