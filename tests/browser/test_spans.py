"""The control of the kind `spans`: what is marked, by whatever hand, is what it reads, in code
points of a text of which no character is lost."""

from typing import Any

import pytest

from tests.browser.conftest import Window

HTML = """
  <p data-suggested="A model says {answer}." data-none="No model says anything."></p>
  <ul data-list></ul>
  <p data-hint data-none="Select." data-chosen="{text}?" data-first="From {text}." data-selected="{title}: {text}"
     data-unmarked="Mark first." data-marked="There are marks." data-nothing-marked="nothing" data-more="{n} more"></p>
  <div data-ends hidden>
    <button type="button" data-move="start" data-by="-1">s-</button>
    <button type="button" data-move="start" data-by="1">s+</button>
    <button type="button" data-move="end" data-by="-1">e-</button>
    <button type="button" data-move="end" data-by="1">e+</button>
    <button type="button" data-delete>Delete</button></div>
  <button type="button" data-class="bird">Bird</button><button type="button" data-class="place">Place</button>
  <input type="checkbox" data-words checked><button type="button" data-undo>Undo</button>
  <button type="button" data-redo>Redo</button><button type="button" data-take>Take</button>
  <button type="button" data-nothing>Nothing</button><button type="button" data-give>Give</button>
"""
OPEN = """
  localStorage.clear();
  const { mount } = await import("/static/kinds/spans/control.js");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".task-text { white-space: pre-wrap; font: 20px/2 sans-serif; width: 600px; }");
  document.adoptedStyleSheets = [sheet];
  const root = document.createElement("fieldset");
  root.innerHTML = html;
  const stage = document.createElement("section");
  document.body.replaceChildren(stage, root);
  window.given = [];
  window.root = root;
  window.stage = stage;
  const bird = { name: "bird", title: "Bird!", key: "1", color: "" };
  const classes = [bird, { name: "place", title: "Place", key: "2", color: "" }];
  window.control = mount(root, { classes: classes.slice(0, most), keys: { nothing: "n", take: "a" } });
  root.addEventListener("answer", () => given.push(control.read()));
  window.begin = (text) => {
    const shown = document.createElement("p");
    shown.className = "task-text";
    shown.textContent = text;
    stage.replaceChildren(shown);
    control.reset();
    control.begin({ data: { text } }, stage);
  };
  window.selected = (start, end) => {
    const range = document.createRange();
    const nodes = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    let before = 0;
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (start >= before && start <= before + node.length) range.setStart(node, start - before);
      if (end >= before && end <= before + node.length) range.setEnd(node, end - before);
      before += node.length;
    }
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  begin(text);
"""
SELECT = """
  const changed = new Promise((done) => document.addEventListener("selectionchange", done, { once: true }));
  selected(start, end);
  await changed;
"""
TEXT = "A kiwi in Rome"
KIWI, ROME = {"class": "bird", "start": 2, "end": 6}, {"class": "place", "start": 10, "end": 14}


def opened(window: Window, text: str = TEXT, most: int = 2) -> Window:
    window.run(OPEN, html=HTML, text=text, most=most)
    return window


@pytest.fixture
def control(window: Window) -> Window:
    return opened(window)


def mark(window: Window, start: int, end: int, key: str = "1") -> None:
    """Select these units of UTF-16 as a browser does, and press the key of a class."""
    window.run(SELECT, start=start, end=end)
    press(window, key)


def press(window: Window, *keys: str) -> None:
    """Keys that the page hands to the control."""
    for key in keys:
        window.run("control.keys.get(key)();", key=key)


def read(window: Window) -> Any:
    return window.run("return control.read() ?? null;")


def shown(window: Window) -> str:
    return str(window.run("return stage.textContent;"))


def test_what_is_selected_becomes_a_mark_of_the_class_and_is_given_by_enter(control: Window) -> None:
    assert read(control) is None
    mark(control, 10, 14, "2")
    mark(control, 2, 6)
    assert read(control) == [KIWI, ROME]
    press(control, "Enter")
    assert control.run("return given;") == [[KIWI, ROME]]


def test_nothing_is_given_but_by_saying_that_there_is_nothing(control: Window) -> None:
    press(control, "Enter")
    assert control.run("return [given, root.querySelector('[data-hint]').textContent];") == [[], "Mark first."]
    press(control, "n")
    assert control.run("return given;") == [[]]


def test_nothing_to_mark_is_not_said_over_marks(control: Window) -> None:
    mark(control, 2, 6)
    press(control, "n")
    assert control.run("return given;") == []
    assert read(control) == [KIWI]


@pytest.mark.parametrize(
    ("text", "start", "end", "points"),
    [
        ("𠮷野家 𠮷 here", 5, 7, (4, 5)),
        ("👩‍👩‍👧 kiwi", 9, 13, (6, 10)),
        ("👩‍👩‍👧 kiwi", 2, 3, (0, 5)),
        ("a\r\nkiwi  \r\n end  ", 3, 7, (3, 7)),
        ("e\u0301te\u0301 kiwi", 4, 5, (0, 5)),
        ("שלום קיווי ברומא", 5, 10, (5, 10)),
        ("kiwi", 1, 3, (0, 4)),
        ("我爱北京天安门", 2, 3, (2, 4)),
    ],
)
def test_places_are_code_points_of_whole_words_and_the_text_stays(
    window: Window, text: str, start: int, end: int, points: tuple[int, int]
) -> None:
    opened(window, text)
    mark(window, start, end)
    assert read(window) == [{"class": "bird", "start": points[0], "end": points[1]}]
    assert shown(window) == text
    window.run("control.show(marks);", marks=[{"class": "bird", "start": points[0], "end": points[1]}])
    assert read(window) == [{"class": "bird", "start": points[0], "end": points[1]}]


def test_without_whole_words_no_character_is_parted(window: Window) -> None:
    opened(window, "👩‍👩‍👧 kiwi")
    window.run("root.querySelector('[data-words]').click();")
    mark(window, 10, 12)
    mark(window, 1, 4, "2")
    assert read(window) == [{"class": "place", "start": 0, "end": 5}, {"class": "bird", "start": 7, "end": 9}]


def test_keys_alone_choose_words_more_of_them_and_move_the_end_of_a_mark(control: Window) -> None:
    text = control.page.locator(".marked-text")
    text.focus()
    for key in ("ArrowRight", "ArrowRight"):
        text.press(key)
    press(control, "1")
    assert read(control) == [KIWI]
    text.press("ArrowRight")
    text.press("Shift+ArrowRight")
    press(control, "2")
    assert read(control) == [KIWI, {"class": "place", "start": 7, "end": 14}]
    text.press("ArrowUp")
    text.press("Control+Shift+ArrowRight")
    assert read(control) == [KIWI, ROME]
    text.press("ArrowUp")
    text.press("Shift+ArrowRight")
    assert read(control) == [{**KIWI, "end": 9}, ROME]
    press(control, "Delete")
    assert read(control) == [ROME]


def test_marks_are_undone_and_done_again(control: Window) -> None:
    mark(control, 2, 6)
    mark(control, 10, 14, "2")
    for keys, left in (
        ("Control+z", [KIWI]),
        ("Control+z", None),
        ("Control+z", None),
        ("Control+Shift+z", [KIWI]),
        ("Control+y", [KIWI, ROME]),
    ):
        control.page.keyboard.press(keys)
        assert read(control) == left, keys


def test_marks_that_overlap_are_each_drawn_on_a_line_of_its_own(control: Window) -> None:
    mark(control, 0, 14)
    mark(control, 2, 6, "2")
    lines = """
      const lines = ({ style }) => style.background.split("linear-gradient").length - 1;
      return [...stage.querySelectorAll(".marked-text > span")].map((part) => [part.textContent, lines(part)]);
    """
    assert control.run(lines) == [["A ", 1], ["kiwi", 2], [" in Rome", 1]]
    assert shown(control) == TEXT


def test_a_click_selects_the_shortest_mark_there_and_then_the_next(control: Window) -> None:
    mark(control, 0, 14)
    mark(control, 2, 6, "2")
    kiwi = control.page.locator(".marked-text > span", has_text="kiwi")
    hint = control.page.locator("[data-hint]")
    kiwi.click()
    assert hint.text_content() == "Place: kiwi"
    kiwi.click()
    assert hint.text_content() == f"Bird!: {TEXT}"
    press(control, "2")
    assert read(control) == [{"class": "place", "start": 0, "end": 14}, {**KIWI, "class": "place"}]


def test_a_finger_taps_the_first_and_the_last_word(control: Window) -> None:
    control.run("""
      const tap = (word) => {
        const node = stage.querySelector(".marked-text > span").firstChild;
        const range = document.createRange();
        const at = node.data.indexOf(word);
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { x, y, width, height } = range.getBoundingClientRect();
        const event = { clientX: x + width / 2, clientY: y + height / 2, pointerType: "touch", bubbles: true };
        stage.querySelector(".marked-text").dispatchEvent(new PointerEvent("click", event));
      };
      tap("kiwi");
      tap("Rome");
    """)
    press(control, "2")
    assert read(control) == [{"class": "place", "start": 2, "end": 14}]


def test_one_class_is_marked_as_soon_as_a_mouse_has_dragged(window: Window) -> None:
    opened(window, most=1)
    box = window.page.locator(".marked-text").bounding_box()
    assert box
    window.page.mouse.move(box["x"] + 1, box["y"] + 20)
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + 500, box["y"] + 20)
    window.page.mouse.up()
    assert read(window) == [{"class": "bird", "start": 0, "end": 14}]


def test_suggestions_are_no_marks_until_they_are_taken_over(control: Window) -> None:
    control.run("control.suggest(marks);", marks=[KIWI, ROME])
    assert read(control) is None
    assert control.run("return stage.querySelectorAll('.is-suggested').length;") == 2
    control.page.locator(".marked-text > span", has_text="Rome").click()
    press(control, "a")
    assert read(control) == [ROME]
    press(control, "a")
    assert read(control) == [KIWI, ROME]


def test_what_is_right_is_shown_beside_what_was_given_and_nothing_can_be_marked(control: Window) -> None:
    mark(control, 2, 6)
    control.run("control.correct([right], control.read());", right=ROME)
    assert control.run("return ['.is-right', '.is-wrong'].map((each) => stage.querySelector(each).textContent);") == [
        "Rome",
        "kiwi",
    ]
    press(control, "Delete", "1", "Enter", "n")
    assert control.run("return given;") == []
    assert control.run("return [control.text([right]), control.text([])];", right=ROME) == ["Place: Rome", "nothing"]


def test_what_is_marked_is_there_again_after_the_page_was_loaded_anew(control: Window) -> None:
    begun = "control.begin({ token: 'a', data: { text: 'A kiwi in Rome' } }, stage);"
    control.run(begun)
    mark(control, 2, 6)
    control.run("control.reset();" + begun)
    assert read(control) == [KIWI]
    press(control, "Enter")
    control.run("control.reset();" + begun)
    assert read(control) is None
