"""The control of the kind `choices`: what is turned on is what it reads, none excludes all others,
and the limits are kept and said."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { mount } = await import("/static/kinds/choices/control.js");
  const root = document.createElement("fieldset");
  const toggle = (name, key) => `<button type="button" data-class="${name}" data-key="${key}">${name}</button>`;
  root.innerHTML = `
    <p data-suggested="A model says {answer}." data-none="No model says anything."></p>
    ${toggle("cat", "1")}${toggle("dog", "2")}${toggle("cow", "")}
    ${least ? "" : '<button type="button" data-none-applies data-key="n">None</button>'}
    <button type="button" data-give>Answer</button>
    <p data-faults data-none="nothing" data-nothing="Choose!" data-least="At least {n}." data-most="At most {n}."></p>`;
  document.body.replaceChildren(root);
  window.given = [];
  window.root = root;
  const classes = ["cat", "dog", "cow"].map((text) => ({ text, title: text.toUpperCase() }));
  window.control = mount(root, { classes, least, most });
  root.addEventListener("answer", () => given.push(control.read()));
"""
ON = "return [...root.querySelectorAll('[aria-pressed=true]')].map((button) => button.textContent);"


def opened(window: Window, least: int = 0, most: int = 3) -> Window:
    window.run(OPEN, least=least, most=most)
    window.run("control.reset();")
    return window


@pytest.fixture
def control(window: Window) -> Window:
    """A window with three classes, of which any number may be chosen."""
    return opened(window)


def press(window: Window, *keys: str) -> None:
    for key in keys:
        window.run("control.keys.get(key)();", key=key)


def given(window: Window) -> Any:
    return window.run("return given;")


def fault(window: Window) -> Any:
    return window.run("return root.querySelector('[data-faults]').textContent;")


def test_keys_and_clicks_turn_classes_on_and_off_and_enter_gives_them(control: Window) -> None:
    press(control, "2", "1")
    control.page.get_by_role("button", name="cow").click()
    press(control, "2", "Enter")
    assert given(control) == [["cat", "cow"]]
    control.run("control.reset();")
    assert (control.run("return control.read();"), control.run(ON)) == (None, [])


def test_none_is_an_answer_that_must_be_chosen_and_excludes_the_others(control: Window) -> None:
    press(control, "Enter")
    assert (given(control), fault(control)) == ([], "Choose!")
    press(control, "1", "n")
    assert (control.run(ON), fault(control)) == (["None"], "")
    press(control, "2")
    assert control.run(ON) == ["dog"]
    press(control, "n", "Enter")
    assert given(control) == [[]]


def test_no_more_than_allowed_and_no_fewer(window: Window) -> None:
    opened(window, least=1, most=2)
    press(window, "Enter")
    assert fault(window) == "At least 1."
    press(window, "1", "2")
    window.page.get_by_role("button", name="cow").click()
    assert (window.run(ON), fault(window)) == (["cat", "dog"], "At most 2.")
    press(window, "Enter")
    assert given(window) == [["cat", "dog"]]


def test_where_one_is_all_that_may_be_another_takes_its_place(window: Window) -> None:
    opened(window, least=1, most=1)
    press(window, "1", "2")
    assert window.run(ON) == ["dog"]


def test_former_answer_suggestion_and_correction_are_shown(control: Window) -> None:
    control.run("control.show(['cow', 'cat']);")
    assert control.run(ON) == ["cat", "cow"]
    control.run("control.show([]);")
    assert control.run(ON) == ["None"]
    control.run("control.suggest(['dog']);")
    assert control.run("return root.querySelector('p').textContent;") == "A model says DOG."
    assert control.run("return [...root.querySelectorAll('.is-suggested')].length;") == 1
    control.run("control.suggest(undefined);")
    assert control.run("return root.querySelector('p').textContent;") == "No model says anything."
    control.run("control.reset(); control.correct(['cat'], ['cat', 'dog']);")
    marks = "return [...root.querySelectorAll('.is-right, .is-wrong')].map((button) => button.className);"
    assert control.run(marks) == ["is-right", "is-wrong"]
    assert control.run("return [control.text([]), control.text(['cat', 'cow'])];") == ["nothing", "CAT, COW"]


def test_nothing_is_turned_or_given_while_there_is_nothing_to_answer(control: Window) -> None:
    control.run("for (const button of root.elements) button.disabled = true;")
    press(control, "1", "Enter")
    assert (control.run(ON), given(control)) == ([], [])


MANY = """
  const { mount } = await import("/static/kinds/choices/control.js");
  const root = document.createElement("fieldset");
  root.innerHTML = `<div data-picker><div data-picked></div><input role="combobox">
    <ul role="listbox" data-more="{n} more" data-none="none"></ul><p data-count></p></div>
    <button type="button" data-none-applies data-key="n">None</button>
    <button type="button" data-give>Answer</button>
    <p data-faults data-none="nothing" data-nothing="Choose!" data-least="At least {n}." data-most="At most {n}."></p>`;
  document.body.replaceChildren(root);
  window.given = [];
  window.root = root;
  const classes = Array.from({ length: 300 }, (_each, n) => ({ text: `c${n}`, title: `class ${n}` }));
  window.control = mount(root, { classes, least: 0, most: 2 });
  root.addEventListener("answer", () => given.push(control.read()));
"""


def test_of_very_many_classes_some_are_picked_by_typing(window: Window) -> None:
    window.run("localStorage.clear();")
    window.run(MANY)
    field = window.page.get_by_role("combobox")
    for name in ("class 250", "class 7"):
        field.fill(name)
        field.press("Enter")
    assert window.run("return [...root.querySelectorAll('[data-picked] button')].map((chip) => chip.textContent);") == [
        "class 250 ✕",
        "class 7 ✕",
    ]
    field.fill("class 8")
    field.press("Enter")
    assert fault(window) == "At most 2."
    window.page.get_by_role("button", name="class 7 ✕").click()
    field.press("Enter")
    assert given(window) == [["c250"]]
    window.run("control.reset();")
    press(window, "1", "n", "Enter")
    assert given(window)[-1] == []
