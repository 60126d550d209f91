"""What decoding takes where the decoder itself would only say that something failed."""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from tasks.imaging.pictures import MAX_MEMORY, MAX_PIXELS, CostlyImage

WEBP = 16  # bytes a pixel: it is put together as if it moved, in several canvases, as soon as it is opened
COEFFICIENT = 2  # bytes a sample of a progressive JPEG, all of which are kept until its last scan
PIXEL = 4  # bytes in a picture of several channels
SPARE = 64 * 1024 * 1024  # bytes that everything else takes


def refuse_large_webp(width: int, height: int) -> None:
    """Raises DecompressionBombError, CostlyImage."""
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if width * height * WEBP > MAX_MEMORY - SPARE:
        raise CostlyImage("memory")


def refuse_costly(image: Image.Image, pixels: int) -> None:
    """Raises CostlyImage for a progressive JPEG that would not fit: of so many pixels, to be
    decoded at the size that the picture says now."""
    if not isinstance(image, JpegImageFile) or "progressive" not in image.info:
        return
    factors = [horizontal * vertical for _name, horizontal, vertical, _table in image.layer]
    samples = pixels * sum(factors) / max(factors)
    if samples * COEFFICIENT + image.width * image.height * PIXEL > MAX_MEMORY - SPARE:
        raise CostlyImage("memory")
