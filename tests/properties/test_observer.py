"""Gold can't be told by any sequence of a worker's requests. `python -m benchmarks.observer` runs
hundreds of these."""

from collections.abc import Callable
from typing import Any

import pytest

from tasks.models import Assignment, Task
from tasks.queue import leasing
from tasks.queue.visits import Visit
from tests.properties.observer import PAIRS, transcripts
from tests.quality.kinds.answers import ANSWERS

RUNS, STEPS = 5, 40
SEEDS_OF_KINDS = (1, 2)


def differences(way: str, seed: int, steps: int, kind: str = "choice") -> list[tuple[Any, Any]]:
    """What a worker saw in one world and not in the other: the first is what tells them apart."""
    one, other = transcripts(way, seed, steps, kind)
    assert len(one) == len(other) >= steps // 3
    assert any("content 1" in reply for *_request, reply in one)  # and something was seen at all
    return [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine != theirs]


@pytest.mark.parametrize("seed", range(RUNS))
@pytest.mark.parametrize("way", PAIRS)
def test_worlds_that_differ_in_what_is_gold_look_alike(db: None, way: str, seed: int) -> None:
    assert differences(way, seed, STEPS)[:1] == []


@pytest.mark.parametrize("kind", [name for name in ANSWERS if name not in ("choice", "words")])
@pytest.mark.parametrize("way", PAIRS)
def test_no_kind_of_answer_tells_gold(db: None, way: str, kind: str) -> None:
    for seed in SEEDS_OF_KINDS:
        assert differences(way, seed, STEPS, kind)[:1] == []


def never_again(claim: Callable[..., list[Assignment]]) -> Callable[..., list[Assignment]]:
    """As if gold that was let go did not come again, as it once was."""

    def claim_and_forget(visit: Visit, *more: Any) -> list[Assignment]:
        work = Task.objects.filter(purpose="work").values_list("pk", flat=True)
        visit.queue_state.unfinished = [task for task in visit.queue_state.unfinished if task in set(work)]
        return claim(visit, *more)

    return claim_and_forget


@pytest.mark.parametrize("way", PAIRS)
def test_the_observer_would_notice_gold_that_comes_only_once(
    db: None, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(leasing, "_claim", never_again(leasing._claim))
    assert any(differences(way, seed, STEPS) for seed in range(RUNS))
