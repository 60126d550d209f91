"""Scenes on a farm, of which workers choose every animal that is there."""

from collections.abc import Iterator
from itertools import combinations

from django.utils.translation import gettext_lazy as _

from quality.demo.demo import Demo, DemoTask

ANIMALS = {
    "cat": ("a kitten asleep in the hay", "two cats on the wall"),
    "dog": ("a puppy that chews a boot", "the old sheepdog at the gate"),
    "bird": ("a sparrow on the roof", "the hens around the trough"),
    "horse": ("a mare and her foal", "the stallion in the paddock"),
    "sheep": ("a ewe with three lambs", "the flock on the hill"),
}
NOBODY = ("an empty yard, and rain on the well", "a tractor without a driver", "apples in a basket under the tree")
MOST = 3


def scenes() -> Iterator[DemoTask]:
    """Every choice of up to three animals, told in two ways; and scenes without any."""
    chosen = [each for size in range(1, MOST + 1) for each in combinations(ANIMALS, size)]
    for number, animals in enumerate(chosen, 1):
        for way in (0, 1):
            told = [ANIMALS[animal][(way + place) % 2] for place, animal in enumerate(animals)]
            yield DemoTask(f"scene-{number:02}-{way + 1}", list(animals), {"text": f"We see {', and '.join(told)}."})
    for number, text in enumerate(NOBODY, 1):
        yield DemoTask(f"scene-00-{number}", [], {"text": f"We see {text}."})


SCENES = Demo(
    kind="choices",
    slug="demo-choices",
    name=_("Farm animals"),
    instructions=_("Choose every animal that is in the scene, or none of these. A lamb is a sheep, and a hen a bird."),
    schema={"type": "choices", "classes": list(ANIMALS)},
    tasks=scenes,
)
