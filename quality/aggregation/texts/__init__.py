"""From texts that many workers wrote to one text per task.

>>> votes = TextVotes.from_texts(
...     tasks=[0, 0, 0], workers=[0, 1, 2], texts=["a red car", "a red cat", "red car"]
... )
>>> fit = Rover().fit(votes)
>>> fit.labels, fit.confidence
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.aggregation.registry import Method
from quality.aggregation.texts.auto import Auto
from quality.aggregation.texts.fit import TextAggregator, TextFit, TextWorkers
from quality.aggregation.texts.judge import TextJudge
from quality.aggregation.texts.medoid import TextMedoid
from quality.aggregation.texts.rover import Rover
from quality.aggregation.texts.sureness import SureWords
from quality.aggregation.texts.votes import TextVotes

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auto": Method(Auto, "word by word where answers are enough and much alike, else the medoid; says why"),
        "rover": Method(Rover, "texts are aligned, and at each place the words of accurate workers win"),
        "text-medoid": Method(TextMedoid, "the answer with the fewest edits to all the others"),
    }
)

__all__ = [
    "METHODS",
    "Auto",
    "Rover",
    "SureWords",
    "TextAggregator",
    "TextFit",
    "TextJudge",
    "TextMedoid",
    "TextVotes",
    "TextWorkers",
]
