"""Simulated workers: a crowd of named profiles, and what each answers, how fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from quality.kinds.chance import draw, seed_of
from quality.kinds.simulated import Answer, SimulatedAnswers
from quality.simulation.profiles import PROFILES, Profile, Question

DEFAULT_CROWD = ("expert", "good", "good", "good", "sloppy", "sloppy", "biased", "spammer")

MOST_WORKERS = 1_000

WORTH_COPYING = ("sloppy", "good", "biased", "expert")
"""Whom copiers copy: the first of these profiles that is there."""

BY_HAND = 4.0
"""Seconds an answer is said to have taken, on average, where the simulation does not wait at
all."""

SHAPE = 4.0  # of the gamma distribution of seconds
FASTEST, SLOWEST_FAST = 0.15, 0.5  # seconds of who answers too fast


@dataclass(frozen=True, slots=True)
class SimulatedWorker:
    """A worker of a profile, in a crowd of one seed. A copier answers what `source` would."""

    name: str
    profile: str
    answers: SimulatedAnswers
    seed: int = 0
    source: Self | None = None

    @property
    def honest(self) -> bool:
        return self._profile.honest

    @property
    def _profile(self) -> Profile:
        return PROFILES[self.profile]

    def answer(self, task: str, truth: Answer, given: int = 0, suggested: Answer | None = None) -> Answer:
        """What this worker gives to a task, as the answer after `given` others, with a
        prediction in view or none."""
        if self.source is not None:
            return self.source.answer(task, truth, given)
        # Copiers without anybody to copy copy somebody who is not there.
        voice = "unseen" if self.profile == "copier" else self.name
        return self._profile.conduct(Question(self.seed, voice, task, truth, self.answers, given, suggested))

    def seconds(self, task: str, pace: float) -> float:
        """How long this worker says to have taken for a task, if an answer takes `pace` seconds on
        average."""
        if self._profile.fast:
            return FASTEST + (SLOWEST_FAST - FASTEST) * draw(self.seed, self.name, task, "seconds")
        rng = np.random.default_rng(seed_of(self.seed, self.name, task, "seconds"))
        return float(rng.gamma(SHAPE, (pace or BY_HAND) / SHAPE))


def crowd(profiles: Sequence[str], answers: SimulatedAnswers, seed: int = 0) -> list[SimulatedWorker]:
    """One worker for each profile named, numbered within the profile. Raises KeyError for an
    unknown one."""
    numbers = [profiles[: index + 1].count(profile) for index, profile in enumerate(profiles)]
    if unknown := set(profiles) - set(PROFILES):
        raise KeyError(*sorted(unknown))
    names = [f"{profile}-{number}" for profile, number in zip(profiles, numbers, strict=True)]
    source = next((f"{profile}-1" for profile in WORTH_COPYING if profile in profiles), None)
    copied = SimulatedWorker(source, source.partition("-")[0], answers, seed) if source else None
    return [
        SimulatedWorker(name, profile, answers, seed, copied if profile == "copier" else None)
        for name, profile in zip(names, profiles, strict=True)
    ]


def counted_profiles(words: Sequence[str]) -> list[str]:
    """The profiles that words such as `good:8` or `poisoner` ask for, each as often as it says.
    Raises ValueError."""
    profiles: list[str] = []
    for word in words:
        profile, _colon, count = word.partition(":")
        if profile not in PROFILES:
            raise ValueError(f"there is no profile {profile}; there are {', '.join(PROFILES)}")
        if _colon and not (count.isdecimal() and int(count) > 0):
            raise ValueError(f"{word} does not say how many: write {profile}:3")
        profiles += [profile] * min(int(count or 1), MOST_WORKERS + 1)
        if len(profiles) > MOST_WORKERS:
            raise ValueError(f"at most {MOST_WORKERS} workers can be simulated at once")
    return profiles
