"""Chance that depends on words alone: the same words always give the same, in whatever order they
are asked for."""

import hashlib
from itertools import accumulate

import numpy as np
import numpy.typing as npt

BITS = 64


def seed_of(*words: object) -> int:
    """A number that looks random, from 0 to 2^64 - 1."""
    text = "\0".join(map(str, words))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=BITS // 8).digest())


def draw(*words: object) -> float:
    """A number that looks drawn uniformly between 0 and 1."""
    return seed_of(*words) / 2**BITS


def pick(n: int, *words: object) -> int:
    """One of 0, 1, … n - 1, each as likely."""
    return seed_of(*words) % n


def pick_from(shares: npt.NDArray[np.float64], *words: object) -> int:
    """A place in `shares`, which add up to 1, as likely as its share."""
    chance = draw(*words)
    return next((place for place, upto in enumerate(accumulate(shares.tolist())) if chance < upto), len(shares) - 1)
