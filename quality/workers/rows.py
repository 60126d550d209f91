"""What owners see of their workers: how good each is, what came before the work, what is skipped,
what was answered."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import text_of
from crowd.projects.models import Membership, Project
from quality.charts import Interval
from quality.models import Consensus, WorkerScore
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.exams import ExamState, exam_state

# What the queue state counts, and who is flagged: for more than this share, of at least so many
# tasks handed out.
HABITS = {"skips_often": ("skipped", 0.3), "lets_go_often": ("let_go", 0.5)}
HABITS_JUDGED_FROM = 20
SKIPS_READ = 2_000  # a worker's assignments that are looked through for reasons
REASONS_SHOWN = 8
ANSWERS_SHOWN = 20

FLAGS = {
    "too_fast": gettext_lazy("too fast"),
    "constant": gettext_lazy("one answer to everything"),
    "pattern": gettext_lazy("answers in a pattern"),
    "guessing": gettext_lazy("guesses"),
    "worse_than_chance": gettext_lazy("worse than chance"),
    "copying": gettext_lazy("shares mistakes"),
    "one_source": gettext_lazy("answers as one with others"),
    "skips_often": gettext_lazy("skips often"),
    "lets_go_often": gettext_lazy("lets go often"),
    "unreliable": gettext_lazy("unreliable"),
}


def workers_of(project: Project) -> Any:
    """The workers of a project with all that a row shows, the most active first."""
    workers = (
        project.memberships.workers()
        .select_related("project", "user", "score", "queue_state")
        .defer("queue_state__cursors")
    )
    return workers.order_by(F("score__responses").desc(nulls_last=True), "pk")


def score_of(worker: Membership) -> WorkerScore:
    """The worker's score; before the first answer an empty one."""
    score: WorkerScore | None = getattr(worker, "score", None)
    return score or WorkerScore(responses=0, gold_right=0, gold_seen=0)


def queue_state_of(worker: Membership) -> QueueState:
    queue_state: QueueState | None = getattr(worker, "queue_state", None)
    return queue_state or QueueState(worker=worker)


def habits_of(queue_state: QueueState) -> list[str]:
    """The flags that no fit finds, as of now."""
    judged = HABITS.items() if queue_state.leased >= HABITS_JUDGED_FROM else ()
    return [flag for flag, (counter, share) in judged if getattr(queue_state, counter) > share * queue_state.leased]


def with_habit(project: Project, flag: str) -> Any:
    """The workers for whom `habits_of` has this flag."""
    counter, share = HABITS[flag]
    workers = project.memberships.workers().filter(queue_state__leased__gte=HABITS_JUDGED_FROM)
    too_often = {f"queue_state__{counter}__gt": share * F("queue_state__leased")}
    return workers.filter(**too_often).select_related("user").order_by("pk")


def flags_of(worker: Membership) -> list[str]:
    """What an owner should look at: as of the last refresh, and habits as of now."""
    return [*score_of(worker).flags, *habits_of(queue_state_of(worker))]


def flag_text(flag: str) -> str:
    return str(FLAGS.get(flag) or flag.replace("_", " "))


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker in a table: scores as of the last refresh, the rest as of now."""

    pk: int
    name: str
    answers: int
    reliability: Interval
    gold_right: int
    gold_seen: int
    median_seconds: float | None
    flags: list[str]
    paused: bool
    skipped: int
    percent_skipped: int
    trained: int
    exam: ExamState
    exam_score: float | None

    @classmethod
    def of(cls, worker: Membership) -> "WorkerRow":
        score, queue_state = score_of(worker), queue_state_of(worker)
        return cls(
            pk=worker.pk,
            name=worker.display_name,
            answers=score.responses,
            reliability=Interval(score.reliability, score.reliability_low, score.reliability_high),
            gold_right=score.gold_right,
            gold_seen=score.gold_seen,
            median_seconds=score.median_seconds,
            flags=flags_of(worker),
            paused=worker.status == Membership.Status.PAUSED,
            skipped=queue_state.skipped,
            percent_skipped=round(100 * queue_state.skipped / queue_state.leased) if queue_state.leased else 0,
            trained=min(queue_state.trained, worker.project.training_tasks),
            exam=exam_state(queue_state, worker.project),
            exam_score=queue_state.exam_score,
        )

    @property
    def flag_texts(self) -> list[str]:
        return [flag_text(flag) for flag in self.flags]

    @property
    def exam_text(self) -> str:
        """How the exam went, with the score rounded down: what did not reach it must not look as if
        it had."""
        words: dict[ExamState, str] = {
            "not_begun": _("not begun"),
            "under_way": _("under way"),
            "to_be_repeated": _("to be repeated"),
            "failed": _("failed"),
            "passed": _("passed"),
        }
        score = "" if self.exam_score is None else f" ({math.floor(100 * self.exam_score + 1e-9)} %)"
        return words[self.exam] + score


def skip_reasons(worker: Membership) -> list[tuple[str, int]]:
    """The reasons given for skips, the most frequent first, among the worker's latest skips."""
    skipped = Assignment.objects.filter(worker=worker, state=Assignment.State.SKIPPED).order_by("-pk")[:SKIPS_READ]
    reasons = Counter(reason.strip() for reason in skipped.values_list("skip_reason", flat=True))
    return reasons.most_common(REASONS_SHOWN)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer beside what is believed now. `kind` says what the task is for, `fate` what became
    of the answer."""

    task: str
    answer: str
    label: str
    kind: str
    fate: str
    seconds: float | None
    received_at: datetime

    @property
    def agrees(self) -> bool:
        return self.answer == self.label


def last_answers(worker: Membership) -> list[GivenAnswer]:
    """What the worker answered last, the newest first."""
    text = text_of(worker.project)
    newest = Response.objects.filter(worker=worker).order_by("-pk")[:ANSWERS_SHOWN]
    responses: Sequence[Response] = list(newest.select_related("task").defer("task__data"))
    tasks = [response.task_id for response in responses]
    labels = dict(Consensus.objects.filter(task__in=tasks).values_list("task_id", "label"))
    return [
        GivenAnswer(
            task=response.task.external_id,
            answer=text(response.answer),
            label=text(labels.get(response.task_id)),
            kind=Task.Purpose(response.task.purpose).value,
            fate=_fate(response),
            seconds=response.seconds,
            received_at=response.received_at,
        )
        for response in responses
    ]


def _fate(response: Response) -> str:
    if response.replaced_at is not None:
        return "replaced"
    if response.voided_at is not None:
        return "voided"
    return "" if response.counted else "surplus"
