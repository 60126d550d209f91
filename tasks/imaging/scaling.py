"""Pictures made smaller, in little more memory than they take."""

from PIL import Image

ROWS = 256  # of a band, of which copies are made
AVERAGEABLE = ("L", "LA", "RGB", "RGBA", "CMYK")
PREMULTIPLIED = {"LA": "La", "RGBA": "RGBa"}  # what is transparent has no colour that could bleed into its neighbours


def fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size of the same shape of which no side is longer."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def averageable(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged."""
    transparent = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
    if image.mode in AVERAGEABLE and not transparent:
        return image
    return image.convert("RGBA" if transparent else "L" if image.mode == "1" else "RGB")


def narrowed(image: Image.Image, width: int) -> Image.Image:
    """The picture scaled to this width, a band of rows at a time; `shortened` does the rest, and
    needs the original no more. Together they are what Pillow does in one step."""
    mode = averageable(image.crop((0, 0, 1, 1))).mode
    narrow = Image.new(PREMULTIPLIED.get(mode, mode), (width, image.height))
    for top in range(0, image.height, ROWS):
        band = averageable(image.crop((0, top, image.width, min(top + ROWS, image.height))))
        band = band.convert(narrow.mode) if band.mode in PREMULTIPLIED else band
        narrow.paste(band.resize((width, band.height), Image.Resampling.LANCZOS), (0, top))
    return narrow


def shortened(image: Image.Image, height: int) -> Image.Image:
    """A narrowed picture scaled to this height."""
    short = image.resize((image.width, height), Image.Resampling.LANCZOS)
    return short.convert({"La": "LA", "RGBa": "RGBA"}[short.mode]) if short.mode in PREMULTIPLIED.values() else short
