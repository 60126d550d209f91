"""The control of the kind `text`: what is written is what is sent, and none of it is lost."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { mount } = await import("/static/kinds/text/control.js");
  document.body.innerHTML = `<div id="queue" data-slug="birds" data-worker="7"><fieldset>
    <p data-suggested="A model says {answer}." data-none="No model says anything."></p>
    <button type="button" data-take>Take</button>
    <p data-difference hidden></p>
    <textarea></textarea>
    <p data-faults data-none="Write!" data-full="There is a text." data-long="At most {most}."></p>
    <span data-count></span>
    <button type="button" data-nothing="(nothing)">Nothing</button>
    <button type="button" data-give>Send</button></fieldset></div>`;
  window.root = document.querySelector("fieldset");
  window.box = root.querySelector("textarea");
  window.given = [];
  window.control = mount(root, { max_length: 20 });
  root.addEventListener("answer", () => given.push(control.read()));
  window.task = (token, data = {}) => ({ token, data });
  window.begin = (task, former, suggestion) => {
    control.reset();
    control.begin(task);
    if (former !== undefined) control.show(former);
    control.suggest(suggestion);
  };
  begin(task("one", { text: "First?" }));
"""


@pytest.fixture
def control(window: Window) -> Window:
    """A window with the box, about a first task."""
    window.run("localStorage.clear();" + OPEN)
    return window


def given(window: Window) -> Any:
    return window.run("return given;")


def value(window: Window) -> Any:
    return window.run("return box.value;")


def fault(window: Window) -> Any:
    return window.run("return root.querySelector('[data-faults]').textContent;")


def box(window: Window) -> Any:
    return window.page.get_by_role("textbox")


def test_enter_sends_and_shift_enter_begins_a_line(control: Window) -> None:
    box(control).press_sequentially("two")
    box(control).press("Shift+Enter")
    box(control).press_sequentially("dogs ")
    assert given(control) == []

    box(control).press("Enter")

    assert given(control) == ["two\ndogs"]


def test_enter_while_an_input_method_composes_sends_nothing(control: Window) -> None:
    box(control).fill("ni")
    for of in ("isComposing: true", "keyCode: 229"):
        control.run(f"box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, {of} }}));")

    assert (given(control), fault(control)) == ([], "")


def test_empty_box_is_no_answer_and_a_button_says_that_there_is_nothing(control: Window) -> None:
    box(control).fill("  ")
    box(control).press("Enter")
    assert (given(control), fault(control)) == ([], "Write!")

    control.run("begin(task('two')); control.keys.get('0')();")
    assert given(control) == [""]

    box(control).fill("something")
    control.page.get_by_role("button", name="Nothing").click()
    assert (given(control), fault(control)) == ([""], "There is a text.")


def test_length_is_counted_in_code_points_and_what_is_longer_stays_in_the_box(control: Window) -> None:
    counted = "return root.querySelector('[data-count]').textContent;"
    box(control).fill("🐕" * 18)
    assert control.run(counted) == ""
    box(control).fill("🐕" * 20)
    assert control.run(counted) == "20 / 20"
    box(control).fill("🐕" * 21)
    box(control).press("Enter")
    assert (given(control), fault(control), value(control)) == ([], "At most 20.", "🐕" * 21)

    box(control).fill("🐕" * 20)
    box(control).press("Enter")

    assert given(control) == ["🐕" * 20]


def test_draft_survives_a_reload_and_is_gone_when_it_is_sent(control: Window) -> None:
    box(control).fill("two do")
    control.load()
    control.run(OPEN)
    assert value(control) == "two do"

    box(control).press("Enter")

    control.load()
    control.run(OPEN)
    assert value(control) == ""
    assert control.run("return Object.keys(localStorage);") == []


def test_draft_comes_back_when_its_task_comes_by_another_token(control: Window) -> None:
    box(control).fill("two do")

    assert control.run("begin(task('two', { text: 'Second?' })); return box.value;") == ""
    assert control.run("begin(task('three', { text: 'First?' })); return box.value;") == "two do"
    assert control.run("begin(task('one', { image: '/one' })); return box.value;") == "two do"


def test_task_without_words_of_its_own_is_not_taken_for_another(control: Window) -> None:
    control.run("begin(task('two', { image: '/two' }));")
    box(control).fill("a cat")

    assert control.run("begin(task('three', { image: '/three' })); return box.value;") == ""


def test_drafts_of_others_stay_theirs_and_old_ones_go(control: Window) -> None:
    control.run("localStorage.setItem('draft:birds:8:one', JSON.stringify({ text: 'not mine', about: '', at: 1 }));")
    for n in range(35):
        control.run("begin(task(`t${n}`)); box.value = 'x'; box.dispatchEvent(new Event('input'));", n=n)
        control.wait(10)

    keys = control.run("return Object.keys(localStorage);")

    assert len(keys) == 31
    assert "draft:birds:8:one" in keys
    assert "draft:birds:7:t0" not in keys
    assert "draft:birds:7:t34" in keys


def test_what_was_taken_back_is_shown_and_kept_like_a_draft(control: Window) -> None:
    assert control.run("begin(task('two'), 'two dogs'); return box.value;") == "two dogs"
    control.load()
    assert control.run(OPEN + "begin(task('two')); return box.value;") == "two dogs"


def test_draft_follows_the_task_to_its_new_token(control: Window) -> None:
    control.run("window.shown = task('two'); begin(shown, 'two'); shown.token = 'three';")
    box(control).press_sequentially(" dogs")

    assert control.run("return Object.keys(localStorage);") == ["draft:birds:7:three"]


def test_suggestion_is_told_and_stands_in_the_box_only_when_it_is_taken_over(control: Window) -> None:
    said = "return [root.querySelector('[data-suggested]').textContent, root.querySelector('[data-take]').hidden];"
    assert control.run("begin(task('two'), undefined, 'three dogs');" + said) == ["A model says three dogs.", False]
    assert value(control) == ""

    control.page.get_by_role("button", name="Take").click()
    assert value(control) == "three dogs"

    assert control.run("begin(task('three'));" + said) == ["No model says anything.", True]
    assert control.run("begin(task('four'), undefined, '');" + said) == ["A model says (nothing).", False]
    control.run("begin(task('five'), undefined, 'one dog');")
    box(control).press("Alt+Enter")
    assert (value(control), given(control)) == ("one dog", [])


def test_escape_leaves_the_box_for_the_keys_of_the_page(control: Window) -> None:
    box(control).press("Escape")

    assert control.run("return document.activeElement === box;") is False
    assert control.run("return [...control.keys.keys()];") == ["0", "t"]


def test_correction_marks_the_words_that_differ(control: Window) -> None:
    shown = "const shown = root.querySelector('[data-difference]'); return [shown.hidden, shown.innerHTML];"
    marked = control.run("control.correct('two dogs run', 'too dogs');" + shown)

    assert marked == [False, "<del>too</del><ins>two</ins> dogs<ins> run</ins>"]
    assert control.run("control.correct('a', 'a');" + shown)[0] is True


def test_nothing_is_sent_while_there_is_no_task(control: Window) -> None:
    control.run("box.disabled = true; control.keys.get('0')(); root.querySelector('[data-give]').click();")

    assert given(control) == []


def test_box_has_the_focus_when_a_task_can_be_answered_unless_it_was_left(control: Window) -> None:
    focused = "control.ready(); return document.activeElement === box;"
    assert control.run(focused) is True
    box(control).press("Escape")
    assert control.run(focused) is False
    box(control).click()
    assert control.run(focused) is True


def test_keyboard_of_a_phone_covers_nothing_of_what_is_written(control: Window) -> None:
    """A keyboard makes what one sees lower than the page."""
    control.run("""
      const view = new EventTarget();
      Object.assign(view, { height: innerHeight, offsetTop: 0 });
      Object.defineProperty(window, 'visualViewport', { value: view, configurable: true });
      document.documentElement.append(Object.assign(document.createElement('style'), {
        textContent: 'body { padding-bottom: var(--covered, 0); margin: 0 } #queue { padding-top: 80vh }' }));
      const { keepInView } = await import('/static/kinds/text/keyboard.js');
      keepInView(box, root);
      box.focus();
      view.height = innerHeight / 2;
      view.dispatchEvent(new Event('resize'));
    """)

    assert control.run("return root.getBoundingClientRect().bottom <= innerHeight / 2 + 1;")
