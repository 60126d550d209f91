"""Who simulated workers are: how each goes about a task.

An answer is a function of the seed, the worker and the task, so that it is the same however the
work of many falls together in time. Only who alternates counts the own answers, because just that
is how such answers are recognised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from quality.kinds.chance import draw
from quality.kinds.simulated import Answer, SimulatedAnswers

RING_SHARE = 0.5
"""The share of the tasks on which colluders give the ring's answer; on the others they hide behind
good ones."""

FOLLOWED = 0.7
"""The share of the predictions shown that a follower takes without a look of its own."""


@dataclass(frozen=True, slots=True)
class Question:
    """A task that a worker is asked about. `given` is how many answers the worker gave before,
    `suggested` what a model predicts, if the worker is shown that."""

    seed: int
    worker: str
    task: str
    truth: Answer
    answers: SimulatedAnswers
    given: int = 0
    suggested: Answer | None = None


Conduct = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a worker is, in a few words, how it answers, and whether it means well."""

    meaning: str
    conduct: Conduct
    honest: bool = False
    fast: bool = False


def meaning_well(profile: str) -> Conduct:
    def answer(asked: Question) -> Answer:
        return asked.answers.honest(asked.truth, profile, asked.seed, asked.worker, asked.task)

    return answer


good = meaning_well("good")


def blind(asked: Question) -> Answer:
    return asked.answers.blind(asked.seed, asked.worker, asked.task)


def constant(asked: Question) -> Answer:
    return asked.answers.blind(asked.seed, asked.worker)


def alternating(asked: Question) -> Answer:
    return asked.answers.in_turn(asked.given, asked.seed, asked.worker)


def wrong_together(asked: Question) -> Answer:
    """A wrong answer, the same for everybody who is in it together."""
    return asked.answers.wrong(asked.truth, asked.seed, "ring", asked.task)


def colluder(asked: Question) -> Answer:
    in_it = draw(asked.seed, "ring's task", asked.task) < RING_SHARE
    return wrong_together(asked) if in_it else good(asked)


def follower(asked: Question) -> Answer:
    follows = draw(asked.seed, asked.worker, asked.task, "follows") < FOLLOWED
    return asked.suggested if follows and asked.suggested is not None else good(asked)


def targeted(asked: Question) -> Answer:
    mistaken = asked.answers.mistaken(asked.truth)
    return good(asked) if mistaken is None else mistaken


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "expert": Profile("right 97 times of 100", meaning_well("expert"), honest=True),
        "good": Profile("right 88 times of 100", good, honest=True),
        "sloppy": Profile("right 65 times of 100", meaning_well("sloppy"), honest=True),
        "biased": Profile("takes three answers of ten for the next ones", meaning_well("biased"), honest=True),
        "follower": Profile(
            "is good, but takes a model's prediction that is shown 7 times of 10", follower, honest=True
        ),
        "spammer": Profile("clicks at random", blind),
        "constant": Profile("always gives one answer", constant),
        "alternating": Profile("gives one answer after the other", alternating),
        "fast": Profile("clicks at random within half a second", blind, fast=True),
        "copier": Profile("gives what another worker of the crowd gives, mistakes and all", meaning_well("sloppy")),
        "colluder": Profile("is good, but on half of the tasks gives the ring's wrong answer", colluder),
        "poisoner": Profile("always gives the poisoners' wrong answer", wrong_together),
        "targeted": Profile("is good, but gives a third of the answers for others", targeted),
    }
)
