"""The picker of one class out of very many: search by typing, those used last first, and keys for
these."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { ClassPicker } = await import("/static/tasks/class_picker.js");
  const root = document.createElement("fieldset");
  root.innerHTML = `<div><input role="combobox"><ul role="listbox" data-more="{n} more" data-none="none"></ul>
    <p data-count></p></div>`;
  document.body.replaceChildren(root);
  window.given = [];
  window.root = root;
  const classes = names.map((text) => ({ text, title: text }));
  window.picker = new ClassPicker(root, classes, (name) => given.push(name), () => given.push("done"));
"""
NAMES = ["house sparrow", "Élan", "sparrowhawk", "tree sparrow", "arrow", *[f"class {n}" for n in range(200)]]
LIST = "return [...root.querySelectorAll('li')].map((item) => item.textContent);"


@pytest.fixture
def picker(window: Window) -> Window:
    """Two hundred and five classes, none of which was used."""
    window.run("localStorage.clear();")
    window.run(OPEN, names=NAMES)
    return window


def listed(window: Window) -> Any:
    return window.run(LIST)


def given(window: Window) -> Any:
    return window.run("return given;")


def test_what_begins_so_comes_before_what_has_a_word_that_does_and_what_merely_holds_it(picker: Window) -> None:
    field = picker.page.get_by_role("combobox")
    field.fill("sparrow")
    assert listed(picker) == ["sparrowhawk", "house sparrow", "tree sparrow"]
    field.fill("ARROW")
    assert listed(picker)[0] == "arrow"
    field.fill("elan")
    assert listed(picker) == ["Élan"]
    field.fill("nothing like it")
    assert (listed(picker), picker.run("return root.querySelector('[data-count]').textContent;")) == ([], "none")


def test_a_long_list_is_cut_and_says_how_much_more_there_is(picker: Window) -> None:
    assert len(listed(picker)) == 60
    assert picker.run("return root.querySelector('[data-count]').textContent;") == "145 more"


def test_enter_takes_what_is_found_first_and_arrows_go_on(picker: Window) -> None:
    field = picker.page.get_by_role("combobox")
    field.fill("sparrow")
    field.press("Enter")
    field.fill("sparrow")
    field.press("ArrowDown")
    field.press("Enter")
    assert given(picker) == ["sparrowhawk", "house sparrow"]
    field.press("Enter")
    assert given(picker)[-1] == "done"
    field.fill("nothing like it")
    field.press("Enter")
    assert len(given(picker)) == 3


def test_those_used_last_come_first_and_keep_their_keys(picker: Window) -> None:
    for name in ("arrow", "Élan"):
        picker.page.get_by_role("option", name=name, exact=True).click()
    assert listed(picker)[:3] == ["1arrow", "2Élan", "house sparrow"]
    field = picker.page.get_by_role("combobox")
    field.press("2")
    field.press("1")
    assert given(picker) == ["arrow", "Élan", "Élan", "arrow"]
    assert listed(picker)[:2] == ["1arrow", "2Élan"]
    field.fill("class")
    field.press("1")
    assert (len(given(picker)), field.input_value()) == (4, "class1")
    picker.run(OPEN, names=NAMES)
    assert listed(picker)[:2] == ["1arrow", "2Élan"]


def test_an_eleventh_class_gets_the_key_of_the_one_not_used_for_longest(picker: Window) -> None:
    for n in (*range(10), 0, 11):
        picker.run("root.querySelector('input').value = name;", name=f"class {n}")
        picker.run("root.querySelector('input').dispatchEvent(new Event('input'));")
        picker.page.get_by_role("option", name=f"class {n}", exact=True).or_(
            picker.page.locator(f"[data-name='class {n}']")
        ).first.click()
    assert listed(picker)[:3] == ["1class 0", "2class 11", "3class 2"]


def test_digits_are_typed_where_names_begin_with_them(window: Window) -> None:
    window.run("localStorage.clear();")
    window.run(OPEN, names=["10 euro", "20 euro"])
    window.page.locator("[data-name='10 euro']").click()
    window.page.get_by_role("combobox").press("2")
    assert (given(window), listed(window)) == (["10 euro"], ["20 euro"])


def test_nothing_is_picked_while_there_is_nothing_to_answer(picker: Window) -> None:
    picker.run("root.ariaDisabled = 'true'; root.querySelector('li').click();")
    assert given(picker) == []


def test_escape_empties_the_field_and_then_leaves_it(picker: Window) -> None:
    field = picker.page.get_by_role("combobox")
    field.fill("sparrow")
    field.press("Escape")
    assert (field.input_value(), picker.run("return document.activeElement.tagName;")) == ("", "INPUT")
    field.press("Escape")
    assert picker.run("return document.activeElement.tagName;") == "BODY"
