"""A worker in training, in the exam, at a limit or paused: told what it is and what comes next."""

from playwright.sync_api import Page, expect

from tests.cast import NUMBERS
from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, found, open_queue, stage, standing
from tests.journeys.site import wait_until
from tests.journeys.test_owner import faults


def add_work(house: House, *texts: str) -> None:
    """More tasks, beside those that are known."""
    tasks = [{"external_id": f"work{number}", "data": {"text": text}} for number, text in enumerate(texts)]
    assert house.call("POST", "/tasks", {"tasks": tasks}).status == 201


def make_known(house: House, purpose: str, right: str = "yes", explanation: str = "") -> None:
    """Make all tasks gold or training, until owners can say so themselves."""
    house.site.manage(
        "shell",
        "-c",
        "from quality.models import GoldAnswer; from tasks.models import Task;"
        "from tasks.queue.purposes import set_purpose;"
        f"ids = list(Task.objects.filter(project__slug={house.slug!r}).values_list('pk', flat=True));"
        f"GoldAnswer.objects.bulk_create(GoldAnswer(task_id=pk, answer={NUMBERS[right]!r}, explanation={explanation!r})"
        f" for pk in ids); set_purpose(ids, {purpose!r})",
    )


def test_training_tells_at_once_what_is_right_and_why(house: House) -> None:
    found(house, training_tasks=2, exam_tasks=3, exam_score=0.75, exam_attempts=2, exam_cooldown_seconds=7200)
    house.add_texts("Bird 0?", "Bird 1?", "Bird 2?")
    make_known(house, "training", "yes", "Mind the wings.")
    add_work(house, *["Real work"] * 3)
    bob = house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")
    expect(bob.get_by_role("heading", name="First, a training")).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("It has 2 tasks. After each of them you are told the right answer.")
    expect(bob.locator("#stage")).to_contain_text("Then comes an exam of 3 tasks. To pass, answer 75% of them right")
    expect(bob.locator("#stage")).to_contain_text("After a failed attempt you can try again in 2 hours.")
    assert faults(bob) == []
    house.call("PATCH", "", {"quality": {"exam_tasks": 0}})
    bob.get_by_role("button", name="Begin the training").click()
    expect(bob.locator("#phase")).to_have_text("Training: 0 of 2")
    expect(bob.locator("#skip")).to_be_enabled()
    first = stage(bob)

    bob.keyboard.press("2")
    expect(bob.locator("#correction")).to_contain_text("Not quite: the right answer is yes")
    expect(bob.locator("#correction")).to_contain_text("Mind the wings.")
    expect(bob.locator("#phase")).to_have_text("Training: 1 of 2")
    expect(bob.locator("#undo")).to_be_hidden()
    assert stage(bob) == first
    assert faults(bob) == []
    bob.wait_for_timeout(400)  # a key that comes sooner was meant for the task
    bob.keyboard.press("Enter")
    expect(bob.locator("#correction")).to_be_hidden()
    expect(bob.locator("#skip")).to_be_enabled()
    assert stage(bob) != first
    bob.keyboard.press("1")
    expect(bob.locator("#verdict")).to_have_text("Right")
    bob.wait_for_timeout(400)
    bob.keyboard.press("2")

    expect(bob.get_by_text("The training is over. Real work comes now.")).to_be_visible()
    expect(bob.locator("#skip")).to_be_enabled()
    assert stage(bob) == "Real work"
    expect(bob.locator("#phase")).to_be_hidden()
    bob.keyboard.press("1")
    expect(bob.locator("#correction")).to_be_hidden()
    expect(bob.locator("#undo")).to_be_visible()


def sit_exam(bob: Page, keys: str) -> None:
    bob.get_by_role("button", name="Begin the exam").click()
    for done, key in enumerate(keys):
        expect(bob.locator("#phase")).to_have_text(f"Exam: {done} of {len(keys)}")
        expect(bob.locator("#skip")).to_be_enabled()
        bob.keyboard.press(key)


def test_exam_is_announced_failed_and_passed(house: House) -> None:
    found(house, exam_tasks=2, exam_score=1.0, exam_attempts=2, exam_cooldown_seconds=3)
    house.add_texts(*[f"Bird {n}?" for n in range(4)])
    make_known(house, "gold")
    add_work(house, "Real work", "Real work")
    bob = house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")

    expect(bob.get_by_role("heading", name="First, an exam")).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("It has 2 tasks. To pass, answer 100% of them right")
    expect(bob.locator("#stage")).to_contain_text("Attempts left: 2")
    expect(bob.locator("#stage")).to_contain_text("After a failed attempt you can try again in 3 seconds.")
    assert standing(bob, house)["held"] == 0
    assert faults(bob) == []
    sit_exam(bob, "12")
    expect(bob.get_by_role("heading", name="Not passed")).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("You reached 50%; 100% are needed.")
    expect(bob.locator("#stage")).to_contain_text("You can try again at")
    expect(bob.locator("#undo")).to_be_hidden()
    sit_exam(bob, "11")
    expect(bob.get_by_role("heading", name="Passed", exact=True)).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("You reached 100%. Real work comes now.")
    bob.get_by_role("button", name="Go on").click()

    expect(bob.locator("#skip")).to_be_enabled()
    assert stage(bob) == "Real work"
    expect(bob.locator("#phase")).to_be_hidden()


def test_exam_failed_for_good_is_told(house: House) -> None:
    found(house, exam_tasks=1, exam_attempts=1)
    house.add_texts("Bird 0?", "Bird 1?")
    make_known(house, "gold")
    bob = house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")

    expect(bob.locator("#stage")).to_contain_text("It is the last attempt: whoever fails it gets no tasks here.")
    sit_exam(bob, "2")

    expect(bob.get_by_text("There are no attempts left. Ask the owner of the project.")).to_be_visible()


def test_limits_are_told_by_name(house: House) -> None:
    found(house, responses_per_day=2, responses_per_minute=1, open_leases=1)
    house.add_texts(*[f"Bird {n}?" for n in range(4)])
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    bob.keyboard.press("1")
    expect(bob.get_by_text("You are working faster than this project allows")).to_be_visible()
    house.call("PATCH", "", {"quality": {"responses_per_minute": None}})
    expect(bob.locator("#skip")).to_be_enabled(timeout=A_FEW_SECONDS * 1000)
    bob.keyboard.press("1")

    expect(bob.get_by_role("heading", name="That is all for today")).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("This project takes 2 answers a day from each person.")


def test_missing_skill_is_told_with_the_way_to_it(house: House) -> None:
    house.found()
    house.add_texts("Bird 0?")
    bob = house.welcome("bob", "worker")
    school = f"{house.slug[:50]}-school"
    body = {"slug": school, "name": "The school", "schema": {"type": "choice", "classes": ["a", "b"]}}
    body["quality"] = {"granted_skill": "expert"}
    house.site.call("POST", "/projects", house.key, body)
    house.site.keys(house.email("bob"), project=school, role="worker")
    house.call("PATCH", "", {"quality": {"required_skill": f"{school}/expert"}})

    bob.goto(f"{house.path}/work")
    expect(bob.get_by_text(f"This project is for people who have the skill {school}/expert.")).to_be_visible()
    bob.get_by_role("link", name="The school").click()

    expect(bob.get_by_role("heading", name="The school")).to_be_visible()


def test_paused_worker_reads_why_objects_and_goes_on(house: House) -> None:
    house.found()
    house.add_texts("Bird 0?")
    bob = house.welcome("bob", "worker")
    (membership,) = [row for row in house.call("GET", "/members").body["results"] if row["role"] == "worker"]
    pause = {"status": "paused", "pause_reason": "Please read the instructions."}
    assert house.call("PATCH", f"/members/{membership['id']}", pause).status == 200

    bob.goto(f"{house.path}/work")
    expect(bob.get_by_text("You are paused")).to_be_visible()
    expect(bob.get_by_text("The reason given: Please read the instructions.")).to_be_visible()
    bob.get_by_role("link", name="What you can do").click()
    bob.get_by_label("Your message to the owner").fill("I have read them now.")
    bob.get_by_role("button", name="Send").click()
    expect(bob.get_by_text("Your message is with the owner of the project.")).to_be_visible()
    bob.reload()
    expect(bob.get_by_text("There is no answer yet.")).to_be_visible()
    assert faults(bob) == []
    bob.goto(f"{house.path}/work")
    expect(bob.get_by_text("You are paused")).to_be_visible()
    house.call("PATCH", f"/members/{membership['id']}", {"status": "active"})

    expect(bob.get_by_text("Bird 0?")).to_be_visible(timeout=A_FEW_SECONDS * 1000)


def test_who_is_paused_in_the_midst_of_work_is_told_with_the_next_answer(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(8)])
    bob = house.welcome("bob", "worker")
    (membership,) = [row for row in house.call("GET", "/members").body["results"] if row["role"] == "worker"]
    bob.goto(f"{house.path}/work")
    expect(bob.locator("#stage")).to_contain_text("Bird")  # which of them, chance decides
    house.call("PATCH", f"/members/{membership['id']}", {"status": "paused"})

    bob.keyboard.press("1")

    expect(bob.get_by_role("heading", name="You are paused")).to_be_visible()
    expect(bob.locator("#stage")).not_to_contain_text("Bird")


def test_own_work_is_shown_with_pictures_and_without_faults(house: House) -> None:
    house.found()
    house.add_pictures(3)
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    for done in range(3):
        expect(bob.get_by_role("button", name="yes")).to_be_enabled()
        bob.keyboard.press("1")
        expect(bob.locator("#done")).to_have_text(f"{done + 1} done today")
    wait_until(lambda: house.answers() == 3, A_FEW_SECONDS)

    bob.get_by_role("link", name="My work").click()

    expect(bob.get_by_role("heading", name="What I answered")).to_be_visible()
    pictures = bob.locator(".history img")
    expect(pictures).to_have_count(3)
    assert pictures.evaluate_all("all => Promise.all(all.map(each => each.decode())).then(() => all.length)") == 3
    found = []
    for width in (1280, 390):
        bob.set_viewport_size({"width": width, "height": 844})
        found += faults(bob)
        assert bob.evaluate("() => document.documentElement.scrollWidth") <= width
    assert found == []
