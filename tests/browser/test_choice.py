"""The control of the kind `choice`: what a worker presses is what it reads, and what it shows is
what it is told."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { mount } = await import("/static/kinds/choice/control.js");
  const root = document.createElement("fieldset");
  root.innerHTML = `
    <p data-suggested="A model says {answer}." data-none="No model says anything."></p>
    <button type="button" data-answer="yes" data-key="1" data-color="#00ff00">Yes!</button>
    <button type="button" data-answer="no" data-key="">No</button>`;
  document.body.replaceChildren(root);
  window.given = [];
  window.root = root;
  window.control = mount(root, { buttons: [{ text: "yes", title: "Yes!" }, { text: "no", title: "No" }] });
  root.addEventListener("answer", () => given.push(control.read()));
"""
MARKED = """
  const marks = [...root.querySelectorAll("button")].map(({ ariaPressed, className }) => [ariaPressed, className]);
  return [root.querySelector("p").textContent, ...marks];
"""
NOTHING = ["", [None, ""], [None, ""]]


@pytest.fixture
def control(window: Window) -> Window:
    """A window with the buttons of two classes, of which one has a key."""
    window.run(OPEN)
    return window


def given(window: Window) -> Any:
    return window.run("return given;")


def test_buttons_and_keys_give_the_answer_of_their_class(control: Window) -> None:
    assert control.run("return [control.read(), [...control.keys.keys()]];") == [None, ["1"]]

    control.run("control.keys.get('1')();")
    control.page.get_by_role("button", name="No").click()

    assert given(control) == ["yes", "no"]
    assert control.run("return control.read();") == "no"
    assert control.run("control.reset(); return control.read();") is None


def test_nothing_is_given_by_a_button_that_is_disabled(control: Window) -> None:
    control.run("const [yes] = root.elements; yes.disabled = true; yes.click(); control.keys.get('1')();")

    assert (given(control), control.run("return control.read();")) == ([], None)


def test_pointer_leaves_no_button_focused_and_a_key_does(control: Window) -> None:
    focused = "return document.activeElement?.dataset.answer;"
    control.page.get_by_role("button", name="No").click()
    assert control.run(focused) is None

    control.page.get_by_role("button", name="Yes!").press("Enter")

    assert (given(control), control.run(focused)) == (["no", "yes"], "yes")


def test_former_answer_suggestion_and_correction_are_marked_until_reset(control: Window) -> None:
    assert control.run("control.show('yes');" + MARKED) == ["", ["true", ""], [None, ""]]
    assert control.run("control.reset();" + MARKED) == NOTHING

    said = "A model says Yes!."
    assert control.run("control.suggest('yes');" + MARKED) == [said, [None, "is-suggested"], [None, ""]]
    assert control.run("control.suggest(undefined);" + MARKED) == ["No model says anything.", [None, ""], [None, ""]]
    assert control.run("control.reset();" + MARKED) == NOTHING

    assert control.run("control.correct('yes', 'no');" + MARKED) == ["", [None, "is-right"], [None, "is-wrong"]]
    assert control.run("control.correct('no', 'no');" + MARKED) == ["", [None, ""], [None, "is-right"]]
    assert control.run("control.reset();" + MARKED) == NOTHING


def test_project_that_shows_no_model_is_told_of_none(window: Window) -> None:
    window.run(OPEN.replace("<p data-suggested", "<p data-another"))

    assert window.run("control.suggest('yes');" + MARKED)[0] == ""


def test_answer_is_called_as_its_class_is_and_by_itself_where_there_is_none(control: Window) -> None:
    assert control.run("return [control.text('yes'), control.text('gone')];") == ["Yes!", "gone"]


MANY = """
  const { mount } = await import("/static/kinds/choice/control.js");
  const root = document.createElement("fieldset");
  root.innerHTML = `<div data-picker><input role="combobox">
    <ul role="listbox" data-more="{n} more" data-none="none"></ul><p data-count></p></div>`;
  document.body.replaceChildren(root);
  window.given = [];
  window.root = root;
  const classes = Array.from({ length: 300 }, (_each, n) => ({ text: `c${n}`, title: `class ${n}` }));
  window.control = mount(root, { classes });
  root.addEventListener("answer", () => given.push(control.read()));
"""


def test_of_very_many_classes_one_is_picked_by_typing(window: Window) -> None:
    window.run("localStorage.clear();")
    window.run(MANY)
    field = window.page.get_by_role("combobox")
    field.fill("class 250")
    field.press("Enter")
    field.press("1")
    assert given(window) == ["c250", "c250"]
    window.run("control.reset(); control.suggest('c299');")
    assert window.run("return root.querySelector('li').className;") == "is-suggested"
    window.run("control.correct('c1', 'c2');")
    marks = "return [...root.querySelectorAll('.is-right, .is-wrong')].map(({ dataset }) => dataset.name);"
    assert sorted(window.run(marks)) == ["c1", "c2"]
