"""Four measures of agreement on classes, each a function of the same sums.

Each is (observed - by chance) / (1 - by chance), and they differ in what they expect of chance. All
take tasks with different numbers of answers, and classes that agree in part. A measure is nan where
it is undefined: if no task has two answers; and for alpha and kappa also if only one class was ever
given, since data without variation cannot tell agreement from chance.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from quality.agreement.resampling import Floats
from quality.agreement.totals import Totals, alike


def percent_agreement(totals: Totals) -> Floats:
    """The mean over paired tasks of the share of pairs of answers that agree."""
    return ratio(totals.agreeing, totals.paired)


def krippendorff_alpha(totals: Totals) -> Floats:
    """K. Krippendorff (2011), Computing Krippendorff's alpha-reliability: any number of answers a
    task.

    Chance draws answers without replacement from all answers on paired tasks. With weights, classes
    are as far apart as they are short of agreeing.
    """
    n = totals.values.sum(axis=-1)
    observed = ratio(totals.coinciding, n)
    pairs = totals.values * (alike(totals.values, totals.weights) - 1)
    return beyond(observed, ratio(pairs.sum(axis=-1), n * (n - 1)))


def fleiss_kappa(totals: Totals) -> Floats:
    """J. L. Fleiss (1971), Measuring nominal scale agreement among many raters.

    Generalised to unequal numbers of answers and to weights as in K. L. Gwet (2014), Handbook of
    inter-rater reliability, chapters 2 and 3: observed agreement is averaged over paired tasks, and
    the share of a class over all rated tasks, each task counting once. With equal numbers it is
    Fleiss's own formula. Chance draws two answers from these shares.
    """
    shares = ratio(totals.shares, np.expand_dims(totals.rated, -1))
    return beyond(percent_agreement(totals), (shares * alike(shares, totals.weights)).sum(axis=-1))


def gwet_ac1(totals: Totals) -> Floats:
    """K. L. Gwet (2008), Computing inter-rater reliability and its variance in the presence of high
    agreement.

    Chance strikes only on the answers that were guessed, so one very common class does not drag it
    down. It needs two classes to choose from, even if only one was ever given. With weights it is
    Gwet's AC2 (2014, chapter 4), where chance agreement grows with the sum of all weights.
    """
    shares = ratio(totals.shares, np.expand_dims(totals.rated, -1))
    n_classes = np.array(float(totals.shares.shape[-1]))
    mean_weight = 1.0 if totals.weights is None else totals.weights.sum() / n_classes
    by_chance = ratio((shares * (1 - shares)).sum(axis=-1) * mean_weight, n_classes - 1)
    return beyond(percent_agreement(totals), by_chance)


MEASURES: Mapping[str, Callable[[Totals], Floats]] = MappingProxyType(
    {
        "krippendorff_alpha": krippendorff_alpha,
        "fleiss_kappa": fleiss_kappa,
        "gwet_ac1": gwet_ac1,
        "percent_agreement": percent_agreement,
    }
)


def beyond(observed: Floats, by_chance: Floats) -> Floats:
    """Agreement beyond chance; nan where chance alone would agree always."""
    left = 1 - by_chance
    return ratio(observed - by_chance, np.where(left > 1e-12, left, 0.0))


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """numerator / denominator, nan where the denominator is zero."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    quotient = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient
