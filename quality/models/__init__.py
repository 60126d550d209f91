"""What is believed: labels, the right answers that were given, and how far each worker can be
trusted."""

from quality.models.deletions import TaskDeletion
from quality.models.labels import Adjudication, AdjudicationEvent, Consensus, GoldAnswer
from quality.models.projects import (
    AgreementPoint,
    Fitting,
    Judging,
    Merge,
    PseudonymKey,
    Refresh,
    Replay,
    Sifting,
    Summary,
    VoteBlock,
)
from quality.models.ranking import RankedItem, Ranking
from quality.models.workers import ScorePoint, Standing, Voiding, WorkerPrior, WorkerScore

__all__ = [
    "Adjudication",
    "AdjudicationEvent",
    "AgreementPoint",
    "Consensus",
    "Fitting",
    "GoldAnswer",
    "Judging",
    "Merge",
    "PseudonymKey",
    "RankedItem",
    "Ranking",
    "Refresh",
    "Replay",
    "ScorePoint",
    "Sifting",
    "Standing",
    "Summary",
    "TaskDeletion",
    "Voiding",
    "VoteBlock",
    "WorkerPrior",
    "WorkerScore",
]
