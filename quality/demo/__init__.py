"""Demo projects, one for each kind of answer: everything in them is real but the crowd."""

from collections.abc import Mapping
from types import MappingProxyType

from crowd.projects.models import Project
from quality.demo.choice import DIGITS
from quality.demo.choices import SCENES
from quality.demo.demo import Demo
from quality.demo.number import DOTS
from quality.demo.pairwise import COMPARED
from quality.demo.rating import REVIEWS
from quality.demo.spans import NAMES
from quality.demo.text import LINES

DEMOS: Mapping[str, Demo] = MappingProxyType(
    {demo.kind: demo for demo in (DIGITS, REVIEWS, DOTS, COMPARED, SCENES, NAMES, LINES)}
)
"""By the name of the kind; the first one is there from the first start on."""

SLUG = DIGITS.slug


def demo_of(project: Project) -> Demo | None:
    """The demo that a project was made as, if it was."""
    return next((demo for demo in DEMOS.values() if demo.slug == project.slug), None)
