"""Leases: the one that is worked at is kept, and none is kept for nobody."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { LeaseKeeper, dated } = await import("/static/tasks/leases.js");
  const clock = { get now() { return Date.now(); } };
  const after = (seconds) => new Date(clock.now + 1000 * seconds).toISOString();
  const lease = (token, seconds) => dated({ token, expires_at: after(seconds) }, clock.now);
  window.log = [];
  window.task = lease("a", 100);
  window.ahead = [];
  window.lease = lease;
  const keeper = new LeaseKeeper(clock, {
    shown: () => task,
    ahead: () => ahead,
    ended: () => log.push("ended"),
    lost: ({ token }) => log.push(`lost ${token}`),
  });
  keeper.start();
"""


@pytest.fixture
def keeper(window: Window) -> Window:
    """A window that shows a task whose lease lasts for 100 seconds."""
    window.run(OPEN)
    return window


def use(window: Window) -> None:
    window.run("dispatchEvent(new Event('pointermove'));")


def log(window: Window) -> list[str]:
    done: list[str] = window.run("return log;")
    return done


@pytest.mark.parametrize(("lasts", "ends_after"), [(100, 98), (8, 6), (4, 3)])
def test_lease_counts_as_over_two_seconds_or_a_quarter_before_its_end(
    window: Window, lasts: int, ends_after: int
) -> None:
    ask = """
      const { dated, hasEnded } = await import("/static/tasks/leases.js");
      const task = dated({ expires_at: new Date(1000 * lasts).toISOString() }, 0);
      return [1000 * after, 1000 * after + 1].map((now) => hasEnded(task, now));
    """

    assert window.run(ask, lasts=lasts, after=ends_after) == [False, True]


def test_lease_of_a_task_that_is_worked_at_is_extended_once_when_most_of_it_is_over(keeper: Window) -> None:
    use(keeper)
    keeper.wait(60_000)
    assert keeper.asked() == []
    keeper.wait(2000)
    assert keeper.asked() == ["POST /assignments/a/extend"]

    keeper.reply(200, {"expires_at": keeper.after(100)})
    assert keeper.run("return task.ends - Date.now();") == 100_000
    keeper.wait(30_000)

    assert keeper.asked() == ["POST /assignments/a/extend"]


@pytest.mark.parametrize("nobody", ["task.seenAt += 1;", "Object.defineProperty(document, 'hidden', { value: true });"])
def test_lease_of_a_task_that_nobody_has_touched_or_sees_is_left_to_end(keeper: Window, nobody: str) -> None:
    keeper.run(nobody)
    keeper.wait(99_000)

    assert keeper.asked() == []


def test_task_that_was_given_away_is_lost(keeper: Window) -> None:
    keeper.wait(61_000)
    keeper.reply(409, {"code": "assignment_closed"})

    assert log(keeper) == ["lost a"]


@pytest.mark.parametrize("status", [0, 500])
def test_failed_extension_is_tried_again(keeper: Window, status: int) -> None:
    keeper.wait(61_000)
    keeper.reply(status)
    keeper.wait(1000)

    assert keeper.asked() == ["POST /assignments/a/extend"] * 2
    assert log(keeper) == []


def test_refusal_of_a_token_that_the_task_has_no_more_loses_nothing(keeper: Window) -> None:
    keeper.wait(61_000)
    keeper.run("task.token = 'b';")
    keeper.reply(404, {"code": "assignment_not_found"})

    assert log(keeper) == []


def test_ended_lease_ahead_is_replaced_for_somebody_who_works(keeper: Window) -> None:
    def after(seconds: int) -> Any:
        keeper.wait(1000 * seconds)
        return log(keeper)

    keeper.run("ahead.push(lease('b', 10));")
    assert after(9) == []  # nobody has touched anything since the task was shown
    use(keeper)

    assert after(1) == ["ended"]
