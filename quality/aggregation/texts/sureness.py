"""How sure one may be of each word of a label, and so of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.texts.ballot import Ballot, forms_of
from quality.aggregation.texts.votes import TextVotes
from quality.aggregation.texts.voting import TEMPTATIONS, e_step, unwritten_of, weights_of
from quality.evaluation.words import Indices

CAUTION = 0.7
"""What a vote counts for in the confidence: who mishears a word has often misheard it as others
did, so that votes are worth less than independent ones."""

BEFORE = 20.0
"""Places, half of which nobody gets wrong, that are imagined beside those seen."""

MOST_EASY = 0.999

POWERS = np.exp(np.linspace(np.log(1 / 4), np.log(4.0), 57))
"""Between which powers are looked for, in steps of 5%."""

RELUCTANCE = 0.25
"""Standard deviation of the logarithm of the power that is believed before any known text is
seen."""


@dataclass(frozen=True, slots=True, eq=False)
class SureWords:
    """The words of the labels, task after task, as they are written there, with the probability
    that each is right.

    starts: (tasks + 1,). text: (words,) stretches that joined are the labels, but for the space
        after the last. belief: (words,).
    """

    starts: Indices
    text: Sequence[str]
    belief: Floats

    def of(self, task: int) -> tuple[list[str], list[float]]:
        """The words of one label, and how sure each is."""
        here = slice(int(self.starts[task]), int(self.starts[task + 1]))
        return list(self.text[here]), self.belief[here].tolist()

    def label(self, task: int) -> str:
        """The whole."""
        return "".join(self.text[int(self.starts[task]) : int(self.starts[task + 1])]).strip()

    @classmethod
    def joined(cls, task: Indices, text: Sequence[str], belief: Floats, n_tasks: int) -> "SureWords":
        """From words in the order of their tasks (words,)."""
        return cls(np.searchsorted(task, np.arange(n_tasks + 1)), text, belief)


def sure_of(votes: TextVotes, ballot: Ballot, accuracy: Floats, easy: float) -> Floats:
    """(candidates,) the probability that each is right.

    A share `easy` of places is got right by everybody. Where answers differ a place is none of
    these; where all agree it may be, and the more of them might have erred there, the more likely
    it is.
    """
    agreed = np.exp(CAUTION * _of_all(votes, np.log(accuracy)))[ballot.task]
    hard = np.where(ballot.disputed, 1.0, (1 - easy) * agreed / (easy + (1 - easy) * agreed))
    return e_step(votes, ballot, CAUTION * weights_of(accuracy), unwritten_of(ballot) * hard)


def easy_share(votes: TextVotes, ballot: Ballot, accuracy: Floats) -> float:
    """The share of places that everybody gets right: those at which all of two or more answers
    agree, beyond what workers of this accuracy would agree on where they can err."""
    several = votes.per_task[ballot.task] > 1
    right, wrong = _of_all(votes, np.log(accuracy)), _of_all(votes, np.log((1 - accuracy) / TEMPTATIONS))
    anyhow = (np.exp(right) + TEMPTATIONS * np.exp(wrong))[ballot.task][several]
    agreed = np.count_nonzero(several & ~ballot.disputed) + BEFORE / 2
    share = (agreed - anyhow.sum()) / max(len(anyhow) + BEFORE - anyhow.sum(), 1.0)
    return float(np.clip(share, 0.0, MOST_EASY))


def confidence_of(votes: TextVotes, ballot: Ballot, belief: Floats, accuracy: Floats, easy: float) -> Floats:
    """(tasks,) the mean belief in the winners (places,) of each task; 0 for a task without answers.

    That there is nothing to write is believed as one word is that all agree on.
    """
    places = np.bincount(ballot.task, minlength=votes.n_tasks)
    hard = (1 - easy) * np.exp(CAUTION * _of_all(votes, np.log(accuracy)))
    wrong = TEMPTATIONS * np.exp(-CAUTION * _of_all(votes, weights_of(accuracy))) * hard / (easy + hard)
    nothing = np.where(votes.per_task > 0, 1 / (1 + wrong), 0.0)
    return np.divide(sums(ballot.task, belief, votes.n_tasks), places, out=nothing, where=places > 0)


def words_of(votes: TextVotes, ballot: Ballot, winners: Indices, belief: Floats) -> SureWords:
    """The winning words in the forms that most answers have them in; `belief` (candidates,)."""
    place, form = forms_of(votes, ballot, winners)
    text = [votes.wording.written[code] for code in form.tolist()]
    return SureWords.joined(ballot.task[place], text, belief[winners[place]], votes.n_tasks)


def _of_all(votes: TextVotes, figures: Floats) -> Floats:
    """(tasks,) the sum of figures (workers,) over those who answered."""
    return sums(votes.tasks, figures[votes.workers], votes.n_tasks)


def power_of(confidence: Floats, right: Floats) -> float:
    """What log odds are to be multiplied by, so that labels are as sure as they are right: the most
    likely power by the shares of words that are `right` (known,) in labels that were not told them.
    C. Guo et al. (2017), On calibration of modern neural networks, section 4.2."""
    sure = np.stack([tempered(confidence, power) for power in POWERS]).clip(1e-6, 1 - 1e-6)
    likely = (right * np.log(sure) + (1 - right) * np.log(1 - sure)).sum(axis=1)
    return float(POWERS[np.argmax(likely - (np.log(POWERS) / RELUCTANCE) ** 2 / 2)])


def tempered(belief: Floats, power: float) -> Floats:
    """Probabilities whose log odds are multiplied by a power; certainties stay what they are."""
    return belief if power == 1 else expit(power * logit(belief))
