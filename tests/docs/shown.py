"""What pages show."""

from crowd import paths
from tests.docs.page import blocks_of


def block(page: str, first: str) -> str:
    """The one block of a page that begins so."""
    (found,) = (each.text for each in blocks_of((paths.ROOT / page).read_text()) if each.text.startswith(first))
    return found
