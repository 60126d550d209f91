"""How far a worker can be trusted, and how sure that is.

Against gold tasks: `score_accuracy` gives an accuracy and its interval, `SequentialTest` says as
soon as it may that a worker is reliable or not, and `gold_verdicts` the same by the service's rule.
Against the crowd: `score_quality` is what answers are worth once bias is corrected.

How workers answer, each as evidence with a q-value (take those up to 0.05, and 5% are expected to
be false alarms): `find_guessing` answers without looking, `find_constant` one class for everything,
`find_patterns` answers that repeat, `find_haste` answers that come too fast, `find_copying` pairs
and rings that share mistakes. `find_sameness` is no evidence by itself: it tells copiers from many
accounts of one person.

>>> fit = DawidSkene().fit(votes)
>>> find_guessing(votes, fit.posterior).q
>>> find_copying(votes, fit.posterior).rings
"""

from quality.evaluation.accuracy import Reliability, score_accuracy
from quality.reliability.constancy import Constancy, find_constant
from quality.reliability.copying import Copying, find_copying
from quality.reliability.costs import score_quality
from quality.reliability.discoveries import adjusted, expected_alarms
from quality.reliability.gold import gold_test, gold_verdicts
from quality.reliability.guessing import Guessing, find_guessing
from quality.reliability.patterns import Patterns, find_patterns
from quality.reliability.sameness import Sameness, find_sameness
from quality.reliability.sequential import SequentialTest, Verdict, Verdicts
from quality.reliability.speed import Haste, find_haste

__all__ = [
    "Constancy",
    "Copying",
    "Guessing",
    "Haste",
    "Patterns",
    "Reliability",
    "Sameness",
    "SequentialTest",
    "Verdict",
    "Verdicts",
    "adjusted",
    "expected_alarms",
    "find_constant",
    "find_copying",
    "find_guessing",
    "find_haste",
    "find_patterns",
    "find_sameness",
    "gold_test",
    "gold_verdicts",
    "score_accuracy",
    "score_quality",
]
