"""What is answered of two items, as it is stored: which one is better, or that they are equal."""

A, B, TIE = 0, 1, 2
"""As `LEFT`, `RIGHT` and `EQUAL` of `quality.aggregation.pairwise`."""

NAMES = ("a", "b", "tie")
SWAPPED = (B, A, TIE)
ALIASES = {"left": "a", "right": "b", "equal": "tie"}
"""What tables of the command line call the answers."""


def code_of(name: object, *, ties: bool) -> int | None:
    """The answer of this name, if it is one."""
    known = NAMES if ties else NAMES[:TIE]
    return known.index(name) if isinstance(name, str) and name in known else None


def is_swapped(lot: int) -> bool:
    """Whether who drew this lot sees the items on the other's side."""
    return lot % 2 == 1
