"""The buttons of the answers: what a model suggests on them, and whose the keys are."""

from playwright.sync_api import expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, found, open_queue
from tests.journeys.site import wait_until


def test_suggestion_stands_with_its_task_and_goes_with_it(house: House) -> None:
    found(house)
    house.add_texts("Bird 0?")
    house.site.manage(
        "shell",
        "-c",
        "from crowd.projects.models import Project; from tasks.intake.prelabels import add_prelabels;"
        f"project = Project.objects.get(slug={house.slug!r});"
        "add_prelabels(project, 'net', {'t0': [[0, 0.9], [1, 0.1]]});"
        "project.shown_model, project.blind_share = 'net', 0.0; project.save()",
    )
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    expect(bob.locator("#suggestion")).to_have_text("A model suggests: yes. It may be wrong.")
    expect(bob.locator(".is-suggested")).to_have_attribute("data-answer", "yes")
    bob.keyboard.press("2")

    expect(bob.get_by_role("heading", name="All done for now")).to_be_visible()
    expect(bob.locator("#suggestion")).to_have_text("")
    expect(bob.locator(".is-suggested")).to_have_count(0)
    assert house.answers() == 1


def test_key_that_a_class_has_is_not_said_to_skip(house: House) -> None:
    found(house)
    classes = [{"name": "yes", "key": "s"}, {"name": "no", "key": "?"}]
    assert house.call("PATCH", "", {"schema": {"type": "choice", "classes": classes}}).status == 200
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    expect(bob.locator("#skip")).to_have_text("Skip")
    assert bob.locator("#help kbd").all_text_contents()[:3] == ["s", "?", "u"]
    bob.keyboard.press("s")

    wait_until(lambda: {row["label"] for row in house.labels() if row["responses"]} == {"yes"}, A_FEW_SECONDS)
