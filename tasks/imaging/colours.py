"""Colours as a screen without colour management shows them: sRGB."""

import io
from contextlib import suppress
from typing import Any

from PIL import Image, ImageCms

SRGB = ImageCms.createProfile("sRGB")
RENDERING: dict[str, Any] = {
    "renderingIntent": ImageCms.Intent.RELATIVE_COLORIMETRIC,
    "flags": ImageCms.Flags.BLACKPOINTCOMPENSATION,
}


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture (L, LA, RGB, RGBA or CMYK) with its colours as the profile means them, in place
    where it is RGB. A profile that is torn, or is none for such pixels, says nothing, as in
    browsers."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(given).lower():
            return image  # to convert it would only round
        grey, alpha = image.mode in ("L", "LA"), image.getchannel("A") if image.mode in ("LA", "RGBA") else None
        if image.mode == "RGB":
            ImageCms.profileToProfile(image, given, SRGB, inPlace=True, **RENDERING)
            return image
        plain = image.convert("L" if grey else "RGB") if alpha else image
        converted = ImageCms.profileToProfile(plain, given, SRGB, outputMode="RGB", **RENDERING)
        if converted is not None:
            return _put_together(converted, grey, alpha)
    return image


def _put_together(colours: Image.Image, grey: bool, alpha: Image.Image | None) -> Image.Image:
    """Grey stays grey, and what was transparent stays so."""
    pixels = colours.getchannel("R") if grey else colours
    if alpha is not None:
        pixels = pixels.convert("LA" if grey else "RGBA")
        pixels.putalpha(alpha)
    return pixels
