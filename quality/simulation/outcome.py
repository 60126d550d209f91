"""What came of a simulation, held against the truth: labels, and what was found out about the
workers."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crowd.projects.answer_kinds import Answer, is_right, kind_of
from crowd.projects.models import Membership, Project
from quality.kinds.chance import pick
from quality.models import WorkerScore
from quality.simulation.client import ApiClient
from quality.simulation.driver import DOMAIN, Plan, Tally


@dataclass(frozen=True, slots=True)
class Labels:
    """How many tasks have a label that the answers gave, the shares of these that consensus and
    plain majority vote on the same answers have right, the mean score of the labels, and answers a
    task. Shares are 0 without labels; where answers can't be counted up there is no majority."""

    tasks: int
    consensus: float
    majority: float | None
    score: float
    answers: float


@dataclass(frozen=True, slots=True)
class Found:
    """One simulated worker: what it did, and what is believed and was done about it."""

    tally: Tally
    believed: tuple[float, float, float] | None
    flags: list[str]
    verdict: str
    paused: bool


def labels_of(plan: Plan, key: str) -> Labels:
    """Have the labels worked out once more, and compare them with the truth. `key` is a
    manager's."""
    client, slug = ApiClient(plan.url, key), plan.project.slug
    try:
        refresh = client.call("POST", f"/projects/{slug}/refresh")
        while client.call("GET", f"/projects/{slug}/refreshes/{refresh['id']}")["state"] in ("queued", "running"):
            time.sleep(0.2)
        rows = list(client.pages(f"/projects/{slug}/labels?limit=1000"))
    finally:
        client.close()
    judged = [row for row in rows if row["source"] == "consensus" and row["label"] is not None]
    return _held_against_truth(plan, judged)


def _held_against_truth(plan: Plan, judged: Sequence[Mapping[str, Any]]) -> Labels:
    project, n = plan.project, max(len(judged), 1)
    kind = kind_of(project)
    labels = {row["task"]: kind.parse(row["label"], project) for row in judged}
    majority = majority_of(project) if kind.codes(project.schema) is not None else None

    def right(answers: Mapping[str, Answer]) -> float:
        return sum(task in answers and is_right(project, answers[task], plan.truth[task]) for task in labels) / n

    return Labels(
        tasks=len(judged),
        consensus=right(labels),
        majority=None if majority is None else right(majority),
        score=sum(kind.score(label, plan.truth[task], project.schema) for task, label in labels.items()) / n,
        answers=sum(row["responses"] for row in judged) / n,
    )


def majority_of(project: Project) -> Mapping[str, Answer]:
    """The most frequent answer to each task, whoever gave it; among equals one is drawn."""
    votes: dict[str, Counter[int]] = {}
    standing = project.tasks.filter(responses__replaced_at=None, responses__isnull=False)
    for task, answer in standing.values_list("external_id", "responses__answer"):
        votes.setdefault(task, Counter())[answer] += 1
    return {task: _most_common(task, counter) for task, counter in votes.items()}


def _most_common(task: str, counter: Counter[int]) -> int:
    highest = max(counter.values())
    equal = sorted(answer for answer, count in counter.items() if count == highest)
    return equal[pick(len(equal), "majority", task)]


def found_of(project: Project, tallies: Sequence[Tally]) -> list[Found]:
    """What is stored about each simulated worker by now."""
    workers = Membership.objects.filter(project=project, user__email__endswith=f"@{DOMAIN}")
    by_email = {each.display_name: each for each in workers.select_related("user", "score", "standing")}
    return [_found(tally, by_email[f"{tally.worker.name}@{DOMAIN}"]) for tally in tallies]


def _found(tally: Tally, worker: Membership) -> Found:
    score: WorkerScore | None = getattr(worker, "score", None)
    standing = getattr(worker, "standing", None)
    believed = None
    if score is not None and score.reliability is not None:
        believed = (score.reliability, score.reliability_low or 0.0, score.reliability_high or 1.0)
    return Found(
        tally=tally,
        believed=believed,
        flags=list(score.flags) if score else [],
        verdict=str(standing.get_verdict_display()) if standing else "",
        paused=worker.status == Membership.Status.PAUSED,
    )
