"""The place where a worker answers, around the control of whatever kind."""

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { AnswerArea } = await import("/static/tasks/answer_area.js");
  document.body.innerHTML = `
    <fieldset id="answers" disabled><button type="button">one</button><input></fieldset>
    <button type="button" id="skip"></button><details id="reasons"></details>`;
  window.log = [];
  const told = (name) => (answer) => log.push([name, answer ?? null]);
  window.area = new AnswerArea({ reset: told("reset"), show: told("show"), suggest: told("suggest") });
  window.enabled = () => [...document.querySelectorAll("button, input")].map((part) => part.matches(":enabled"));
"""


@pytest.fixture
def area(window: Window) -> Window:
    """A window with a control made of a button and a field."""
    window.run(OPEN)
    return window


def test_at_first_and_between_tasks_nothing_can_be_pressed(area: Window) -> None:
    assert area.run("return enabled();") == [False, False, False]
    assert area.run("area.enable(true); return [...enabled(), answers.ariaDisabled];") == [True, True, True, "false"]
    assert area.run("area.enable(false); return [...enabled(), answers.ariaDisabled];") == [False, False, False, "true"]


def test_task_whose_picture_did_not_load_can_only_be_skipped(area: Window) -> None:
    assert area.run("area.enableSkip(); return [...enabled(), area.canSkip];") == [False, False, True, True]


def test_whoever_came_to_a_button_by_keys_stays_there_for_the_next_task(area: Window) -> None:
    area.run("area.enable(true);")
    area.page.get_by_role("button", name="one").focus()

    area.run("area.enable(false); await null; area.enable(true);")

    assert area.run("return document.activeElement.textContent;") == "one"


def test_task_begins_with_what_was_answered_before_and_what_a_model_predicts(area: Window) -> None:
    assert area.run("area.begin({}); return log.splice(0);") == [["reset", None], ["suggest", None]]
    marked = area.run("area.begin({ former: 'yes', suggestion: 'no' }); return log;")
    assert marked == [["reset", None], ["show", "yes"], ["suggest", "no"]]
