"""Lines of print that workers copy."""

from collections.abc import Iterator
from io import BytesIO
from itertools import product

from django.utils.translation import gettext_lazy as _
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from quality.demo.demo import Demo, DemoTask

WHO = ("The old ferryman", "A boy from the village", "Our neighbour's aunt", "The last guest")
DID = ("found two keys", "left a letter", "sold his boat", "saw a light")
WHERE = ("under the bridge at noon.", "by the mill, and said nothing.", "on the way home.")
LINE, MARGIN, SIZE = 36, 24, 22  # pixels


def lines() -> Iterator[DemoTask]:
    for number, words in enumerate(product(WHO, DID, WHERE), start=1):
        yield DemoTask(f"line-{number:02}", " ".join(words), {"text": "What is printed here?"}, _printed(words))


def _printed(words: tuple[str, ...]) -> bytes:
    """The words, a part on each line."""
    picture = Picture.new("RGB", (420, 2 * MARGIN + LINE * len(words)), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(SIZE)
    for line, part in enumerate(words):
        draw.text((MARGIN + 9 * line, MARGIN + LINE * line), part, fill=(70, 70, 80), font=font)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


LINES = Demo(
    kind="text",
    slug="demo-text",
    name=_("Printed lines"),
    instructions=_("Write down what is printed, all on one line, and press Enter."),
    schema={"type": "text", "max_length": 200, "unit": "words"},
    tasks=lines,
)
