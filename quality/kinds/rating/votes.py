"""From votes on the steps of a scale to a fit."""

from quality.aggregation import Fit, Votes, create
from quality.aggregation.fit import Basis
from quality.aggregation.ordinal import METHODS, OrdinalFit
from quality.aggregation.ordinal.crowd import believed
from quality.aggregation.temperature import tempered

SEED = 0


def fit_votes(votes: Votes, method: str) -> Fit:
    """The fit of the method of this name, as sure as this crowd has earned, and as known answers
    show that it may be. Ties are seeded: the same votes give the same bits."""
    fit: OrdinalFit = create(method, methods=METHODS, seed=SEED).fit(votes)
    return tempered(believed(votes, fit) if fit.basis is Basis.SHARES else fit, votes)


def in_the_middle(votes: Votes, fit: Fit) -> Fit:
    """A fit with the labels that are least far off in expectation."""
    return OrdinalFit.of(votes, fit, SEED)
