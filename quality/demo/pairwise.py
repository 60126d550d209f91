"""Reviews of a place to stay, of which workers say who was more content."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from quality.demo.demo import Demo, DemoTask
from quality.demo.rating import reviews

APART = (1, 3, 7, 12)
"""Each review is compared with those so many places further on."""


def pairs() -> Iterator[DemoTask]:
    """What is right follows from how content each guest is."""
    items = list(reviews())
    for number, one in enumerate(items):
        for apart in APART:
            other = items[(number + apart) % len(items)]
            ahead = one.answer - other.answer
            sides = {side: {"id": item.name, **item.data} for side, item in (("a", one), ("b", other))}
            yield DemoTask(f"{one.name}-{other.name}", "a" if ahead > 0 else "b" if ahead < 0 else "tie", sides)


COMPARED = Demo(
    kind="pairwise",
    slug="demo-pairwise",
    name=_("Reviews, two at a time"),
    instructions=_("Who is more content? Press ← or →, or ↑ where both are as content."),
    schema={"type": "pairwise", "ties": True},
    tasks=pairs,
)
