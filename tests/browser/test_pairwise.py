"""The control of the kind `pairwise`: both items side by side, and a button and keys for each
answer."""

from typing import Any

import pytest

from tests.browser.conftest import Window

OPEN = """
  const { mount } = await import("/static/kinds/pairwise/control.js");
  const root = document.createElement("fieldset");
  root.innerHTML = `
    <button type="button" data-answer="a" data-key="1">First</button>
    <button type="button" data-answer="tie" data-key="3">Tie</button>
    <button type="button" data-answer="b" data-key="2">Second</button>`;
  window.stage = document.createElement("section");
  document.body.replaceChildren(root, stage);
  window.given = [];
  window.control = mount(root, { buttons: [
    { text: "a", title: "First", key: "1", arrow: "←" }, { text: "tie", title: "Tie", key: "3", arrow: "↑" },
    { text: "b", title: "Second", key: "2", arrow: "→" }] });
  root.addEventListener("answer", () => given.push(control.read()));
"""


@pytest.fixture
def control(window: Window) -> Window:
    window.run(OPEN)
    return window


def begin(window: Window, **task: Any) -> None:
    window.run("control.begin(task, stage);", task=task)


def test_arrows_digits_and_buttons_answer(control: Window) -> None:
    control.run("for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', '1', '3', '2']) control.keys.get(key)();")
    control.page.get_by_role("button", name="Second").click()

    assert control.run("return given;") == ["a", "tie", "b", "a", "tie", "b", "b"]


def test_both_items_stand_side_by_side_under_what_is_asked(control: Window) -> None:
    begin(control, data={"text": "Which is kinder?", "a": {"text": "One line"}, "b": {"text": "Two", "year": 1900}})

    read = "return [...stage.querySelectorAll('.side')].map((side) => [side.ariaLabel, side.innerText]);"
    assert control.run(read) == [["First", "First\n\nOne line"], ["Second", "Second\n\nTwo\n\nyear\n1900"]]
    assert control.run("return stage.firstElementChild.textContent;") == "Which is kinder?"


def test_what_was_shown_before_is_gone(control: Window) -> None:
    begin(control, data={"a": {"text": "old"}, "b": {"text": "older"}})
    begin(control, data={"a": {"text": "new"}, "b": {"text": "newer"}})

    assert "old" not in control.run("return stage.textContent;")


def test_pictures_stand_in_their_sides(control: Window) -> None:
    control.run("""
        const views = [{ field: "a", url: "/static/one.png", width: 40, height: 30, element: new Image() }];
        control.begin({ data: { a: {}, b: { text: "Two" } }, views }, stage);""")

    found = "return [...stage.querySelectorAll('img')].map((each) => [each.alt, each.closest('.side').ariaLabel]);"
    assert control.run(found) == [["First", "First"]]


def test_both_pictures_show_the_same_part(window: Window) -> None:
    window.run("""
      const { View } = await import("/static/tasks/view.js");
      window.views = [new View(400, 300), new View(800, 600)];
      for (const view of views) { view.resize(200, 150); view.fit(); }
      views[0].zoom(4, { x: 50, y: 50 });
      views[1].follow(views[0]);
    """)
    middles = window.run("return views.map((view) => view.toPicture({ x: 100, y: 75 }));")
    assert middles[1] == {"x": 2 * middles[0]["x"], "y": 2 * middles[0]["y"]}
    assert window.run("views[0].fit(); views[1].follow(views[0]); return views[1].isFit;") is True


def test_differences_show_on_request_and_stay_for_the_next_task(control: Window) -> None:
    control.run("""
      const { mount } = await import("/static/kinds/pairwise/control.js");
      const root = document.querySelector("fieldset");
      root.insertAdjacentHTML("beforeend", '<button type="button" data-differ aria-pressed="false" hidden>D</button>');
      window.differ = root.querySelector("[data-differ]");
      window.control = mount(root, { buttons: [{ text: "a", title: "First", key: "1", arrow: "←" }] });
    """)
    only = "return [...stage.querySelectorAll('del, ins')].map((each) => each.textContent.trim());"
    begin(control, data={"a": {"text": "A red rose"}, "b": {"text": "A white rose"}})
    assert control.run(only) == []
    control.run("differ.click();")
    assert control.run(only) == ["red", "white"]
    begin(control, data={"a": {"text": "One day"}, "b": {"text": "One night"}})
    assert control.run(only) == ["day", "night"]
    assert control.run("differ.click(); return stage.querySelector('.task-text').innerHTML;") == "One day"
