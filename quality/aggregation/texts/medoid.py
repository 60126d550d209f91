"""The answer that is nearest to all the others."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.texts.fit import TextFit, with_known
from quality.aggregation.texts.votes import TextVotes


@dataclass(frozen=True, slots=True)
class TextMedoid:
    """The answer with the smallest sum of edit distances to the others (L. Kaufman & P. Rousseeuw,
    1987: a medoid).

    Every answer counts alike, and what is given back is what somebody wrote. Of answers with the
    same words, the form given most often is taken. Ties are drawn from the seed.

    The confidence is the mean share of words that the label has in common with the other answers,
    and with an imagined one that has as much in common with it as two answers of this crowd have on
    average.
    """

    seed: int = 0

    def fit(self, votes: TextVotes) -> TextFit:
        votes = votes.drawn(self.seed)
        variants, nearest = votes.variants, votes.variants.nearest
        tasks = variants.task[nearest]
        usual = np.nan_to_num(variants.mean_apart, nan=0.5)
        apart = (variants.apart[nearest] + usual) / votes.per_task[tasks]
        confidence = np.zeros(votes.n_tasks)
        confidence[tasks] = 1 - apart
        forms = _forms(votes)
        labels = {task: forms[variant] for task, variant in zip(tasks.tolist(), nearest.tolist(), strict=True)}
        return TextFit("text-medoid", *with_known(votes, labels, confidence))


def _forms(votes: TextVotes) -> dict[int, str]:
    """The text given most often of each variant; ties go to the one whose answers come first."""
    given: dict[int, dict[str, int]] = {}
    for text, variant in zip(votes.texts, votes.variants.of_answer.tolist(), strict=True):
        counts = given.setdefault(variant, {})
        counts[text] = counts.get(text, 0) + 1
    return {variant: max(counts, key=counts.__getitem__) for variant, counts in given.items()}
