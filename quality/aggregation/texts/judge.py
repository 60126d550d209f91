"""What a fit learnt of workers and of the crowd, by which texts that come later are judged."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.texts.ballot import Ballot, ballot_of
from quality.aggregation.texts.fit import TextFit
from quality.aggregation.texts.sureness import confidence_of, easy_share, sure_of, words_of
from quality.aggregation.texts.votes import TextVotes
from quality.aggregation.texts.voting import USUAL, e_step, weights_of
from quality.evaluation.words import Indices

ROVER, MEDOID = "rover", "text-medoid"
BEGINNING = 0.5  # of places that everybody gets right, before any are seen
NOT_KNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class TextJudge:
    """method: whose labels it gives. accuracy: (workers,); easy: the share of places that everybody
    gets right."""

    method: str
    accuracy: Floats
    easy: float = BEGINNING

    @classmethod
    def of(cls, method: str, votes: TextVotes, ballot: Ballot, accuracy: Floats) -> Self:
        return cls(method, accuracy, easy_share(votes, ballot, accuracy))

    @classmethod
    def beginner(cls, method: str, n_workers: int) -> Self:
        """Who knows nobody yet."""
        return cls(method, np.full(n_workers, USUAL))

    def of_workers(self, places: Indices) -> Self:
        """The judge of workers at these places; one who is `NOT_KNOWN` is taken for one of this
        crowd."""
        usual = float(self.accuracy.mean()) if len(self.accuracy) else USUAL
        return replace(self, accuracy=np.append(self.accuracy, usual)[places])

    def fit(self, votes: TextVotes) -> TextFit:
        """What it says of these answers."""
        ballot = ballot_of(votes)
        return self.told(votes, ballot, e_step(votes, ballot, weights_of(self.accuracy)))

    def told(self, votes: TextVotes, ballot: Ballot, belief: Floats) -> TextFit:
        """The labels, where the candidates of the ballot are believed as far (candidates,)."""
        sure = sure_of(votes, ballot, self.accuracy, self.easy)
        medoid = self.method == MEDOID
        winners = ballot.of_nearest(votes) if medoid else ballot.winners(belief)
        words = words_of(votes, ballot, winners, sure)
        labels = commonest(votes) if medoid else {task: words.label(task) for task in votes.variants.task.tolist()}
        confidence = confidence_of(votes, ballot, sure[winners], self.accuracy, self.easy)
        confidence[list(votes.known)] = 1.0
        texts = tuple(votes.known.get(task, labels.get(task)) for task in range(votes.n_tasks))
        return TextFit(self.method, texts, confidence, words, _right(votes, ballot, sure), self.accuracy, self.easy)


def _right(votes: TextVotes, ballot: Ballot, sure: Floats) -> Floats:
    """(answers,) the mean belief in what each says at the places of its task."""
    n = len(votes.variants.task)
    own = ballot.variant >= 0
    places = np.bincount(ballot.variant[own], minlength=n)
    total = np.bincount(ballot.variant[own], sure[ballot.candidate[own]], n)
    return np.divide(total, places, out=np.ones(n), where=places > 0)[votes.variants.of_answer]


def commonest(votes: TextVotes) -> dict[int, str]:
    """Of the answers with the words of each task's medoid the one given most often; ties go to the
    one that comes first."""
    given: dict[int, dict[str, int]] = {}
    for text, variant in zip(votes.texts, votes.variants.of_answer.tolist(), strict=True):
        counts = given.setdefault(variant, {})
        counts[text] = counts.get(text, 0) + 1
    nearest = votes.variants.nearest
    tasks = votes.variants.task[nearest].tolist()
    return {
        task: max(given[variant], key=given[variant].__getitem__)
        for task, variant in zip(tasks, nearest.tolist(), strict=True)
    }
