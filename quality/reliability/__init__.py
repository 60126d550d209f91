"""How far a worker can be trusted, and how sure that is."""

from quality.reliability.scores import Reliability, score_accuracy

__all__ = ["Reliability", "score_accuracy"]
