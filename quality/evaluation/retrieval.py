"""What was found against what was to be found: boxes, spans, anything that is right or not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Precision, recall and F1 of finds; nan where there is nothing to score, 0 where everything is
    missed.

    right: finds that are true; found: all of them; true: what there was to find.
    """

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        return self._share(self.right, self.found)

    @property
    def recall(self) -> float:
        return self._share(self.right, self.true)

    @property
    def f1(self) -> float:
        return self._share(2 * self.right, self.found + self.true)

    def _share(self, part: int, whole: int) -> float:
        if not self.found and not self.true:
            return float("nan")
        return part / whole if whole else 0.0
