"""Which languages write no spaces between words, told by the letters that they write."""

import re
from collections.abc import Iterable
from typing import Literal

Unit = Literal["word", "character"]
"""What texts are cut into before they are compared."""

UNSPACED = re.compile(
    "["
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"  # and what is rare of it
    "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"  # Hiragana and Katakana
    "\u3100-\u312f\u31a0-\u31bf"  # Bopomofo
    "\u0e01-\u0eff"  # Thai and Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf\uaa80-\uaadf"  # other Tai scripts
    "]"
)
"""Letters and marks of the scripts in which a space ends a phrase, not a word: of East Asia without
Korea, and those of class SA in Unicode's Standard Annex 14. Korean puts spaces between words."""


def unit_of(texts: Iterable[str]) -> Unit:
    """Characters if more than half of the letters of all texts are `UNSPACED`, else words: also
    without any letter."""
    letters = unspaced = 0
    for text in texts:
        letters += len(text) if text.isascii() and text.isalpha() else sum(map(str.isalpha, text))
        unspaced += 0 if text.isascii() else sum(map(str.isalpha, UNSPACED.findall(text)))
    return "character" if 2 * unspaced > letters else "word"
