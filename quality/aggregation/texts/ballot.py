"""What there is to vote on at each place of the aligned texts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.posterior import TIE
from quality.aggregation.texts.network import confusion_network
from quality.aggregation.texts.votes import TextVotes
from quality.evaluation.words import NO_WORD, Indices

KNOWN_TEXT = -1
"""Stands for the known text among variants."""


@dataclass(frozen=True, slots=True, eq=False)
class Ballot:
    """Candidates, which are the different words at each place, or none, and the variants that stand
    for them.

    task: (places,) sorted; disputed: (places,) whether texts differ there.
    place, word: (candidates,) sorted by both, `word` being `NO_WORD` for a gap.
    true: (candidates,) 1 or 0 where that is known, else -1.
    rank: (candidates,) the first text, in the order of alignment, that has it.
    candidate, variant, token: (entries,) the candidate that a variant, or the `KNOWN_TEXT`, has at
        a place, and where in `Words.codes` its word is.
    """

    task: Indices
    disputed: npt.NDArray[np.bool_]
    place: Indices
    word: Indices
    true: npt.NDArray[np.int8]
    rank: Indices
    candidate: Indices
    variant: Indices
    token: Indices

    def of_place(self, figures: Floats) -> Floats:
        """(places,) the sum of figures (candidates,) over the candidates of each place."""
        return sums(self.place, figures, len(self.task))

    def of_nearest(self, votes: TextVotes) -> Indices:
        """(places,) the candidate that the variant nearest to all others has at each place."""
        is_nearest = np.zeros(len(votes.variants.task) + 1, dtype=bool)
        is_nearest[votes.variants.nearest] = True  # and the known text, whose number is the last place, is none
        return self.candidate[is_nearest[self.variant]]

    def winners(self, belief: Floats) -> Indices:
        """(places,) the candidate believed most; ties go to the one that comes first in the order
        of alignment."""
        best = np.zeros(len(self.task))
        np.maximum.at(best, self.place, belief)
        order = np.lexsort((self.rank, belief < best[self.place] - TIE, self.place))
        return order[np.searchsorted(self.place[order], np.arange(len(self.task)))]


def ballot_of(votes: TextVotes) -> Ballot:
    """The ballot on texts aligned in the order of variants, where known texts that have answers
    come first."""
    variants, known = votes.variants, np.array(list(votes.known), dtype=np.int64)
    judged = np.flatnonzero(votes.per_task[known] > 0)
    variant = np.append(np.full(len(judged), KNOWN_TEXT), np.arange(len(variants.task)))
    rows = np.append(len(votes.texts) + judged, variants.answer)
    counts = np.append(np.ones(len(judged), dtype=np.int64), variants.count)
    tasks = np.append(known[judged], variants.task)
    order = np.argsort(tasks, kind="stable")
    words = votes.wording.words
    network = confusion_network(words, rows[order], counts[order], tasks[order])
    said, n_words = network.said(words), len(votes.wording.vocabulary) + 1
    keys, first, candidate = np.unique(network.place * n_words + said + 1, return_index=True, return_inverse=True)
    place = keys // n_words
    of_entry = variant[order][network.text]
    true = np.full(len(keys), -1, dtype=np.int8)
    true[np.isin(network.task[place], known)] = 0
    true[candidate[of_entry == KNOWN_TEXT]] = 1
    disputed = np.bincount(place, minlength=len(network.task)) > 1
    rank = network.text[first]
    return Ballot(network.task, disputed, place, keys % n_words - 1, true, rank, candidate, of_entry, network.token)


def forms_of(votes: TextVotes, ballot: Ballot, winners: Indices) -> tuple[Indices, Indices]:
    """The places that have a word, in order, and the form most answers with it have, ties in the
    order of answers."""
    wins = np.zeros(len(ballot.place), dtype=bool)
    wins[winners] = True
    entries = np.flatnonzero(wins[ballot.candidate] & (ballot.token != NO_WORD) & (ballot.variant != KNOWN_TEXT))
    variant = ballot.variant[entries]
    starts, variants = votes.wording.words.starts, votes.variants
    nth_word = ballot.token[entries] - starts[variants.answer[variant]]
    answers = np.argsort(variants.of_answer, kind="stable")
    begins = np.cumsum(variants.count) - variants.count
    times = variants.count[variant]
    nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    answer = answers[np.repeat(begins[variant], times) + nth]
    form = votes.wording.forms[starts[answer] + np.repeat(nth_word, times)]
    n_forms = max(len(votes.wording.written), 1)
    place = np.repeat(ballot.place[ballot.candidate[entries]], times)
    keys, first, given = np.unique(place * n_forms + form, return_index=True, return_counts=True)
    order = np.lexsort((answer[first], -given, keys // n_forms))
    chosen = keys[order[np.flatnonzero(np.diff(keys[order] // n_forms, prepend=-1))]]
    return chosen // n_forms, chosen % n_forms
