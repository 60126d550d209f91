"""Driving a simulated crowd through a project until its queue is empty, and comparing what came out with the truth."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.db import connection

from crowd.people.accounts import get_or_invite
from crowd.people.models import ApiKey
from crowd.projects.models import Membership, Project, Role
from quality.simulation.client import ApiClient
from quality.simulation.workers import SimulatedWorker
from tasks.models import Assignment

DOMAIN = "simulated.example"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a simulation does: who answers which project at which address, how fast, and until when."""

    project: Project
    url: str
    truth: Mapping[str, str]
    pace: float  # mean seconds between two answers of one worker
    most: int | None  # answers a worker gives at most
    seed: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What one simulated worker did."""

    worker: SimulatedWorker
    answered: int
    right: int


def run(plan: Plan, workers: Sequence[SimulatedWorker], on_answer: Callable[[], None]) -> list[Tally]:
    """Have all workers answer side by side; `on_answer` is called after each answer. Raises ApiFailure."""
    keys = {worker.name: _key(plan.project, worker) for worker in workers}
    stop = threading.Event()
    seeds = np.random.SeedSequence(plan.seed).spawn(len(workers))
    with ThreadPoolExecutor(max_workers=len(workers)) as pool:
        try:
            jobs = [
                pool.submit(_work, plan, worker, keys[worker.name], np.random.default_rng(seed), stop, on_answer)
                for worker, seed in zip(workers, seeds, strict=True)
            ]
            return [job.result() for job in jobs]
        finally:
            stop.set()
            ApiKey.objects.filter(name=DOMAIN, user__email__endswith=f"@{DOMAIN}").delete()


def _key(project: Project, worker: SimulatedWorker) -> str:
    user, _new = get_or_invite(f"{worker.name}@{DOMAIN}")
    Membership.objects.get_or_create(project=project, user=user, defaults={"role": Role.WORKER})
    _row, secret = ApiKey.objects.create_key(user=user, name=DOMAIN, days=1)
    return secret


def _work(
    plan: Plan,
    worker: SimulatedWorker,
    key: str,
    rng: np.random.Generator,
    stop: threading.Event,
    on_answer: Callable[[], None],
) -> Tally:
    client = ApiClient(plan.url, key)
    names = plan.project.class_names
    answered = right = 0
    try:
        leased = client.call("POST", f"/projects/{plan.project.slug}/assignments", {"count": 1})["assignments"]
        while leased and not stop.is_set() and (plan.most is None or answered < plan.most):
            token = leased[0]["token"]
            truth = names.index(_truth_of(token, plan.truth))
            answer = worker.answer(truth, rng)
            seconds = float(rng.gamma(4.0, plan.pace / 4)) if plan.pace else 0.0
            stop.wait(seconds)
            body = {"answer": names[answer], "seconds": round(seconds, 2)}
            leased = client.call("PUT", f"/assignments/{token}/response?next=1", body)["next"]["assignments"]
            answered, right = answered + 1, right + (answer == truth)
            on_answer()
        for assignment in leased:
            client.call("POST", f"/assignments/{assignment['token']}/skip", {"reason": "the simulation ended"})
    finally:
        client.close()
        connection.close()
    return Tally(worker, answered, right)


def _truth_of(token: str, truth: Mapping[str, str]) -> str:
    """What is true of the task behind a token. Workers can't see this; a simulation has to."""
    return truth[Assignment.objects.values_list("task__external_id", flat=True).get(token=token)]


def accuracy(project: Project, truth: Mapping[str, str], *, key: str, url: str) -> dict[str, float]:
    """The share of right labels: consensus as the API gives it, and plain majority vote on the same answers."""
    client = ApiClient(url, key)
    refresh = client.call("POST", f"/projects/{project.slug}/refresh")
    while client.call("GET", f"/projects/{project.slug}/refreshes/{refresh['id']}")["state"] in ("queued", "running"):
        time.sleep(0.2)
    labels: list[dict[str, object]] = []
    path: str | None = f"/projects/{project.slug}/labels?limit=1000"
    while path:
        page = client.call("GET", path)
        labels += page["results"]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    judged = [row for row in labels if row["source"] == "consensus" and row["label"] is not None]
    majority = _majority(project)
    return {
        "tasks": len(judged),
        "consensus": float(np.mean([row["label"] == truth[str(row["task"])] for row in judged])) if judged else 0.0,
        "majority": float(np.mean([majority[str(row["task"])] == truth[str(row["task"])] for row in judged]))
        if judged
        else 0.0,
    }


def _majority(project: Project) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    rows = project.tasks.filter(responses__replaced_at=None).values_list("external_id", "responses__answer")
    for task, answer in rows:
        votes.setdefault(task, Counter())[answer] += 1
    return {task: counter.most_common(1)[0][0] for task, counter in votes.items()}
