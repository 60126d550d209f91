"""Reviews of a place to stay that workers rate by how content the guest was."""

from collections.abc import Iterator
from itertools import product

from django.utils.translation import gettext_lazy as _

from quality.demo.demo import Demo, DemoTask

# How content somebody is who says so.
OF_THE_ROOM = {
    "The room was filthy and the bed had broken springs.": 1,
    "The room was small, dark and smelt of smoke.": 2,
    "The room was plain, neither bad nor special.": 3,
    "The room was bright and clean.": 4,
    "The room was the loveliest we have ever slept in.": 5,
}
OF_THE_PEOPLE = {
    "Nobody answered when we asked for help, and at night they shouted at us.": 1,
    "The people at the desk were short with us.": 2,
    "The people did what they had to do.": 3,
    "Everybody was friendly and quick.": 4,
    "The hosts treated us like family and thought of everything.": 5,
}


def reviews() -> Iterator[DemoTask]:
    """Every pair of sentences that don't contradict each other, in both orders; what is right is
    the middle of both."""
    pairs = product(OF_THE_ROOM.items(), OF_THE_PEOPLE.items())
    number = 0
    for (room, first), (people, second) in pairs:
        if abs(first - second) > 2 or (first + second) % 2:
            continue
        for text in (f"{room} {people}", f"{people} {room}"):
            number += 1
            yield DemoTask(f"review-{number:02}", (first + second) // 2, {"text": text})


REVIEWS = Demo(
    kind="rating",
    slug="demo-rating",
    name=_("Reviews"),
    instructions=_("How content is this guest? Press a key from 1, not at all, to 5, very much."),
    schema={"type": "rating", "low": 1, "high": 5, "titles": {"1": "not at all", "3": "so so", "5": "very much"}},
    tasks=reviews,
)
