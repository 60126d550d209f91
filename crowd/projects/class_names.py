"""Names of classes: what one may be, and which two a person can't tell apart."""

import unicodedata
from collections.abc import Iterable, Sequence

UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # categories: controls, zero-width spaces and joiners, line separators
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and marks of other categories that show nothing
# Cyrillic and Greek letters that are drawn as Latin ones.
TWINS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν",  # noqa: RUF001
    "ABESIJKMHOPCTYXaeopcyxijshdqwABEZHIKMNOPTYXoav",
)


def has_unseen(name: str) -> bool:
    """Whether it holds characters that nobody sees."""
    return any(unicodedata.category(each) in UNSEEN or each in BLANK for each in name)


def looks(name: str) -> str:
    """What is the same for names that look alike: compatible forms, Cyrillic and Greek twins of
    Latin letters, spaces and, but for single letters, capitals. A and a are classes of letters; Cat
    and cat are a slip."""
    plain = " ".join(unicodedata.normalize("NFKC", name).translate(TWINS).split())
    plain = "".join(each for each in plain if not "\ufe00" <= each <= "\ufe0f")  # how an emoji is to be drawn
    return plain if len(plain) == 1 else plain.casefold()


def alike(names: Iterable[str], known: Sequence[str] = ()) -> tuple[str, str] | None:
    """The first two that a person can't tell apart, of which at least one is new."""
    seen = {looks(name): name for name in known}
    for name in names:
        earlier = name if name in known else seen.setdefault(looks(name), name)
        if earlier != name:
            return earlier, name
    return None


def class_called(name: str, classes: Sequence[str]) -> str | None:
    """The class of this name, however its accents are written."""
    if name in classes:
        return name
    composed = unicodedata.normalize("NFC", name)
    return next((each for each in classes if unicodedata.normalize("NFC", each) == composed), None)
