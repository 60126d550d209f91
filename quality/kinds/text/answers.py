"""What a text is that somebody could have written."""

import unicodedata

LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029")
WRITTEN = "\n\t"
"""Control characters that keyboards write."""


def tidied(text: str) -> str:
    """The text as it is kept: every line end the same, no white space around it, and in Unicode's
    NFC, so that texts that look the same are the same. Raises ValueError where there is a character
    that nobody can write (`unwritable`)."""
    if wrong := unwritable(text):
        raise ValueError(wrong)
    for end in LINE_ENDS:
        text = text.replace(end, "\n")
    return unicodedata.normalize("NFC", text.strip())


def unwritable(text: str) -> str:
    """The first control character, or half of a surrogate pair, by its number in Unicode; nothing
    where there is none."""
    if text.isprintable():
        return ""
    wrong = (each for each in text if unicodedata.category(each) in ("Cc", "Cs") and each not in WRITTEN + "\r")
    return next((f"U+{ord(each):04X}" for each in wrong), "")
