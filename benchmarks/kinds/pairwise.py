"""python -m benchmarks.kinds.pairwise: comparisons through the whole service, and simulated ones.

`recorded`: the votes of pair_ukpconvarg1 are sent with columns a and b, labels are worked out, and
the ranking that the API gives is held against the published one (Spearman, the mean over topics).
`simulated`: labels of crowds of 3, 5 and 9 answers a pair, against the majority, and how far their
confidence is from their accuracy. `order`: answers that it takes to the same ranking where the
pairs that say most come first, and where they come in random order.
"""

import argparse
import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loop.database import migrated_database
from benchmarks.rows import read_rows
from quality.aggregation.pairwise import METHODS, Comparisons
from quality.aggregation.pairwise.gains import gains
from quality.aggregation.pairwise.pairs import PairJudge
from quality.aggregation.pairwise.spreads import spreads
from quality.evaluation import mean_over_groups, reliability_diagram, spearman

LEAST_SPEARMAN, MOST_WORSE, MOST_ERROR = 0.905, 0.01, 0.06
ANSWERS = {"left": "a", "right": "b", "equal": "tie"}
WORKERS, PAIRS = 40, 400
MIXES: dict[str, Callable[[np.random.Generator], Any]] = {
    "all good": lambda rng: rng.uniform(0.8, 0.95, WORKERS),
    "mixed": lambda rng: rng.uniform(0.45, 0.95, WORKERS),
    "a third guess": lambda rng: np.where(rng.random(WORKERS) < 1 / 3, 1 / 3, rng.uniform(0.65, 0.9, WORKERS)),
}
ALIKE = 0.4
"""Items whose scores are no further apart are equals."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="*", default=["recorded", "simulated", "order"])
    parser.add_argument("--data", type=Path, default=Path("datasets"))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    if "recorded" in options.what:
        recorded(options.data / "pair_ukpconvarg1")
    if "simulated" in options.what:
        simulated(options.seeds)
    if "order" in options.what:
        order(options.seeds)


def recorded(folder: Path) -> None:
    votes, published = (read_rows(folder / f"{name}.csv") for name in ("labels", "gold_rank"))
    os.environ["ALLOWED_HOSTS"] = "testserver"
    with migrated_database():
        found = ranking_of(votes)
    known = [row for row in published if row["task"] in found]
    value = mean_over_groups(
        spearman,
        [-float(row["score"]) for row in known],
        [found[row["task"]] for row in known],
        [row["topic"] for row in known],
    )
    print(f"{len(votes)} votes, {len(known)} items: Spearman {value:.4f} (at least {LEAST_SPEARMAN})")


def ranking_of(votes: list[dict[str, str]]) -> dict[str, float]:
    """item → score, as the API has it after a refresh."""
    from quality.refresh.scheduling import refresh_project  # noqa: PLC0415 (needs the models)
    from tests.cast import api_for  # noqa: PLC0415

    owner = api_for("owner@example.com")
    body = {"slug": "arguments", "name": "Arguments", "schema": {"type": "pairwise"}}
    project = owner("POST", "/projects", body).json()
    for part in in_parts(votes):
        reply = owner("POST", f"/projects/{project['slug']}/responses/import", part, content_type="text/csv")
        assert reply.status_code == 201, reply.content
    from crowd.projects.models import Project  # noqa: PLC0415

    refresh_project(Project.objects.get().pk)
    scores: dict[str, float] = {}
    address = f"/projects/{project['slug']}/ranking?limit=1000"
    while address:
        page = json.loads(owner("GET", address).content)
        scores |= {row["item"]: row["score"]["value"] for row in page["results"]}
        address = (page["next"] or "").partition("/api/v1")[2]
    return scores


def in_parts(votes: list[dict[str, str]], size: int = 5_000) -> Iterator[str]:
    for start in range(0, len(votes), size):
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["a", "b", "worker", "answer"])
        for row in votes[start : start + size]:
            writer.writerow([row["left"], row["right"], row["worker"], ANSWERS[row["label"]]])
        yield table.getvalue()


def simulated(seeds: int) -> None:
    """A line a crowd: how often labels and the majority are right, and the calibration error of all
    together at the end."""
    sure: list[Any] = []
    right: list[Any] = []
    for mix in MIXES:
        for each in (3, 5, 9):
            for hard in (False, True):
                rows = [judged(np.random.default_rng(seed), mix, each, hard=hard) for seed in range(seeds)]
                sure += [row[2] for row in rows]
                right += [row[1] for row in rows]
                label, majority = (float(np.mean([row[place] for row in rows])) for place in (1, 0))
                name = f"{mix}, {each} answers, {'near items are hard' if hard else 'all alike'}"
                print(f"{name}: labels {label:.3f}, majority {majority:.3f} (at most {MOST_WORSE} worse)")
    error = reliability_diagram(np.concatenate(sure), np.concatenate(right)).expected_error
    print(f"calibration error {error:.4f} (at most {MOST_ERROR})")


def judged(rng: np.random.Generator, mix: str, each: int, *, hard: bool) -> tuple[Any, Any, Any]:
    """(pairs,) whether the majority, and the label, are right, and how sure the label is."""
    comparisons, truth = drawn(rng, mix, each, hard=hard)
    counts = comparisons.votes.counts()
    majority = (counts + 1e-3 * rng.random(counts.shape)).argmax(axis=1)
    _judge, posterior = PairJudge.learnt(comparisons, comparisons.votes, METHODS["auto"].build().fit(comparisons))
    return majority == truth, posterior.argmax(axis=1) == truth, posterior.max(axis=1)


def drawn(rng: np.random.Generator, mix: str, each: int, *, hard: bool) -> tuple[Comparisons, Any]:
    """`each` votes on random pairs of 100 items. Where near items are `hard`, whoever looks sees
    the difference with an error."""
    scores, accuracy = rng.normal(0, 1.5, 100), MIXES[mix](rng)
    left = rng.integers(0, 100, PAIRS)
    right = (left + rng.integers(1, 100, PAIRS)) % 100
    ahead = scores[left] - scores[right]
    task = np.repeat(np.arange(PAIRS), each)
    worker = np.concatenate([rng.choice(WORKERS, each, replace=False) for _pair in range(PAIRS)])
    answer = answers(rng, ahead[task], accuracy[worker], hard=hard)
    return Comparisons.from_codes(task, worker, answer, left=left, right=right, n_items=100, n_workers=WORKERS), better(
        ahead
    )


def better(ahead: Any) -> Any:
    return np.where(np.abs(ahead) < ALIKE, 2, np.where(ahead > 0, 0, 1))


def answers(rng: np.random.Generator, ahead: Any, accuracy: Any, *, hard: bool) -> Any:
    if hard:
        seen, looks = better(ahead + rng.logistic(0, 0.35, len(ahead))), (accuracy - 1 / 3) * 1.5
        return np.where(rng.random(len(ahead)) < looks, seen, rng.integers(0, 3, len(ahead)))
    truth = better(ahead)
    return np.where(rng.random(len(ahead)) < accuracy, truth, (truth + rng.integers(1, 3, len(ahead))) % 3)


ITEMS, GIVEN, BETWEEN_FITS, TARGETS = 60, 900, 60, (0.85, 0.9, 0.92)


def order(seeds: int) -> None:
    """Answers to pairs of 60 items until the ranking agrees with the true scores so far."""
    for target in TARGETS:
        first, random = (
            float(np.mean([answers_until(target, seed, steered=steered) for seed in range(seeds)]))
            for steered in (True, False)
        )
        print(f"Spearman {target}: {first:.0f} answers, in random order {random:.0f} ({1 - first / random:.0%} fewer)")


def answers_until(target: float, seed: int, *, steered: bool) -> int:
    """Every given pair is answered at most twice; a fit is made after each 60 answers."""
    rng = np.random.default_rng(seed)
    scores, accuracy = rng.normal(0, 1.5, ITEMS), MIXES["all good"](rng)
    left = rng.integers(0, ITEMS, GIVEN)
    right = (left + rng.integers(1, ITEMS, GIVEN)) % ITEMS
    task, worker, answer = (np.empty(0, dtype=np.int64) for _column in range(3))
    urgency = np.zeros(GIVEN)
    while len(task) < 2 * GIVEN:
        waiting = np.flatnonzero(np.bincount(task, minlength=GIVEN) < 2)
        chosen = waiting[np.lexsort((rng.random(len(waiting)), -urgency[waiting]))][:BETWEEN_FITS]
        by = rng.integers(0, WORKERS, len(chosen))
        said = answers(rng, (scores[left] - scores[right])[chosen], accuracy[by], hard=True)
        task, worker, answer = (np.concatenate(pair) for pair in ((task, chosen), (worker, by), (answer, said)))
        sizes: dict[str, Any] = {"left": left, "right": right, "n_items": ITEMS, "n_workers": WORKERS}
        comparisons = Comparisons.from_codes(task, worker, answer, **sizes)
        fit = METHODS["auto"].build().fit(comparisons)
        if spearman(scores, fit.scores) >= target:
            break
        if steered:
            variance = (
                spreads(comparisons, fit.scores, PairJudge.learnt(comparisons, comparisons.votes, fit)[0].reliability)
                ** 2
            )
            gained = gains(fit.scores[left] - fit.scores[right], variance[left] + variance[right])
            urgency = np.rint(gained * 20)
    return len(task)


if __name__ == "__main__":
    main()
