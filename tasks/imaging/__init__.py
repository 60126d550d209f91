"""Pictures: decoding what people upload, and encoding anew what we serve. Pure: no database, no web."""

from tasks.imaging.reencode import BadImage, CleanImage, reencode

__all__ = ["BadImage", "CleanImage", "reencode"]
