"""The outbox: what a worker did reaches the server once, in order, whatever the connection does
meanwhile."""

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { Outbox } = await import("/static/tasks/outbox.js");
  const { Problem } = await import("/static/tasks/api.js");
  const sends = [];
  window.log = [];
  window.outbox = new Outbox("outbox", {
    send(item, again) {
      log.push(`send ${item.token}${again ? " again" : ""}`);
      return new Promise((resolve, reject) => sends.push({ resolve, reject }));
    },
    sent: (item, reply) => log.push(`sent ${item.token} ${reply}`),
    refused: (item, problem) => log.push(`refused ${item.token} ${problem.status}`),
    stopped: (problem) => log.push(`stopped ${problem.status}`),
    changed: (size, retrying) => (window.unsent = retrying ? `${size} again` : `${size}`),
  });
  window.take = (reply) => sends.shift().resolve(reply);
  window.fail = (status) => sends.shift().reject(new Problem(status));
"""


@pytest.fixture
def outbox(window: Window) -> Window:
    """A window with an outbox in it, of which `log` tells what it did."""
    window.run(OPEN)
    return window


def log(window: Window) -> list[str]:
    """What was done since the last look."""
    done: list[str] = window.run("return log.splice(0);")
    return done


def test_items_are_sent_one_by_one_in_order(outbox: Window) -> None:
    outbox.run("outbox.add({ token: 'a', answer: 'yes' }); outbox.add({ token: 'b', reason: '' });")
    assert log(outbox) == ["send a"]
    assert outbox.run("return unsent;") == "2"

    outbox.run("take('stored');")
    assert log(outbox) == ["sent a stored", "send b"]
    outbox.run("take('skipped');")

    assert log(outbox) == ["sent b skipped"]
    assert outbox.run("return unsent;") == "0"


def test_lost_connection_is_tried_again_after_pauses_that_double_up_to_ten_seconds(outbox: Window) -> None:
    outbox.run("outbox.add({ token: 'a', answer: 'yes' });")
    for pause in (500, 1000, 2000, 4000, 8000, 10_000, 10_000):
        log(outbox)
        outbox.run("fail(0);")
        assert outbox.run("return unsent;") == "1 again"
        outbox.wait(pause - 1)
        assert log(outbox) == []
        outbox.wait(1)
        assert log(outbox) == ["send a again"]

    outbox.run("take('stored');")
    assert (log(outbox), outbox.run("return unsent;")) == (["sent a stored"], "0")


def test_browser_that_is_back_online_sends_at_once(outbox: Window) -> None:
    outbox.page.context.set_offline(True)
    outbox.run("outbox.add({ token: 'a', answer: 'yes' }); fail(0);")
    assert log(outbox) == ["send a"]

    outbox.page.context.set_offline(False)
    outbox.page.wait_for_function("() => log.length > 0")

    assert log(outbox) == ["send a"]  # and not "again": offline, nobody can have heard of the first time


def test_only_what_the_server_can_not_have_heard_of_is_withdrawn(outbox: Window) -> None:
    withdraw = "return [...sessionStorage.outbox.matchAll(/token/g)].length + ' ' + outbox.withdraw(window.item);"
    outbox.run("window.item = { token: 'a', answer: 'yes' }; outbox.add(item);")
    assert outbox.run(withdraw) == "1 false"
    outbox.run("window.item = { token: 'b', answer: 'yes' }; outbox.add(item);")
    assert outbox.run(withdraw) == "2 true"
    outbox.run("take('stored');")

    assert log(outbox) == ["send a", "sent a stored"]
    assert outbox.run("return outbox.size;") == 0


def test_item_that_is_withdrawn_between_two_tries_is_not_tried_again(outbox: Window) -> None:
    outbox.page.context.set_offline(True)
    outbox.run(
        "window.item = { token: 'a', answer: 'yes' }; outbox.add(item); outbox.add({ token: 'b', answer: 'no' });"
    )
    outbox.run("fail(0);")
    assert outbox.run("return outbox.withdraw(item);") is True
    outbox.wait(500)

    assert log(outbox) == ["send a", "send b"]


@pytest.mark.parametrize("status", [404, 409, 422])
def test_refused_item_is_dropped_and_the_next_one_sent(outbox: Window, status: int) -> None:
    outbox.run("outbox.add({ token: 'a', answer: 'yes' }); outbox.add({ token: 'b', answer: 'no' });")
    outbox.run("fail(status);", status=status)

    assert log(outbox) == ["send a", f"refused a {status}", "send b"]


@pytest.mark.parametrize("status", [401, 403])
def test_closed_door_keeps_all_for_the_page_that_is_loaded_next(outbox: Window, status: int) -> None:
    outbox.run("outbox.add({ token: 'a', answer: 'yes' }); outbox.add({ token: 'b', answer: 'no' });")
    outbox.run("fail(status);", status=status)
    assert log(outbox) == ["send a", f"stopped {status}"]

    outbox.load()
    outbox.run(OPEN)
    assert outbox.run("return outbox.tokens;") == ["a", "b"]
    outbox.run("outbox.flush();")

    assert log(outbox) == ["send a again"]


def test_answers_are_counted_as_they_will_be_once_all_is_sent(outbox: Window) -> None:
    def after(item: str) -> int:
        counted: int = outbox.run(f"outbox.add({item}); return outbox.answers;")
        return counted

    assert after("{ token: 'a', answer: 'yes' }") == 1
    assert after("{ token: 'b', reason: 'unclear' }") == 1
    assert after("{ token: 'c', answer: 'no' }") == 2
    assert after("{ token: 'z', former: 'yes', undo: true }") == 1
    assert after("{ token: 'b', former: undefined, undo: true }") == 1
    assert outbox.run("return outbox.forget('c');") == 1
    assert outbox.run("return [outbox.answers, outbox.tokens];") == [0, ["a", "b", "z", "b"]]


def test_what_waits_for_a_former_token_goes_to_the_new_one(outbox: Window) -> None:
    outbox.run("outbox.add({ token: 'a', former: 'yes', undo: true }); outbox.add({ token: 'b', answer: 'no' });")

    assert outbox.run("return [outbox.readdress('b', 'c'), outbox.readdress('b', 'd')];") == [True, False]
    outbox.run("take(null);")

    assert log(outbox) == ["send a", "sent a null", "send c"]
