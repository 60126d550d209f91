"""An owner's pages in a real browser: from an empty site to labels, watched, decided and taken
away."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.house import House, archive_of_pictures
from tests.journeys.site import wait_until

A_FEW_SECONDS = 60  # on a machine that is busy with much else
AN_IMPORT = 30_000  # milliseconds


def faults(page: Page) -> list[str]:
    """What axe finds wrong with the page for people who can't see it, or not well."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


def test_wrong_password_is_told_and_the_right_one_lets_in(house: House, page: Page) -> None:
    house.found()
    house.welcome("alice", "owner")
    page.goto("/")

    house.sign_in(page, "alice", "wrong")
    expect(page.get_by_text("not correct")).to_be_visible()
    house.sign_in(page, "alice")

    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_project_is_made_and_filled_in_the_browser(house: House) -> None:
    house.found()
    alice = house.welcome("alice", "owner")

    alice.get_by_role("link", name="New project").click()
    alice.get_by_label("Name").fill("Colours")
    alice.get_by_label("Classes").fill("warm\ncold")
    alice.get_by_role("button", name="Make the project").click()
    upload = FilePayload(name="p.zip", mimeType="application/zip", buffer=archive_of_pictures(5))
    alice.get_by_label("File", exact=True).set_input_files([upload])
    alice.get_by_role("button", name="Upload").click()

    expect(alice.get_by_text("5 new, 0 changed, 0 as before")).to_be_visible(timeout=AN_IMPORT)
    alice.get_by_role("link", name="Overview").click()
    expect(alice.get_by_text("0 of 5 tasks settled")).to_be_visible(timeout=AN_IMPORT)


def test_refused_file_is_told_line_by_line(house: House) -> None:
    house.found()
    alice = house.welcome("alice", "owner")
    alice.goto(f"{house.path}/imports")

    upload = FilePayload(name="t.csv", mimeType="text/csv", buffer=b"external_id,text\na,one\na,two\n")
    alice.get_by_label("File", exact=True).set_input_files([upload])
    alice.get_by_role("button", name="Upload").click()

    expect(alice.get_by_text("Another line has the id a.").first).to_be_visible()


def test_dispute_is_decided_and_the_decision_undone(house: House) -> None:
    house.found(answers=2)
    house.add_texts("A bird?")
    alice = house.welcome("alice", "owner")
    for name, key in (("bob", "1"), ("dora", "2")):
        worker = house.welcome(name, "worker")
        worker.goto(f"{house.path}/work")
        expect(worker.locator("#skip")).to_be_enabled()
        worker.keyboard.press(key)
    wait_until(lambda: house.labels()[0]["state"] == "disputed", A_FEW_SECONDS)

    alice.goto(house.path)
    alice.get_by_role("button", name="Decide: no").click()
    expect(alice.get_by_text("Nothing is disputed.")).to_be_visible()
    wait_until(lambda: house.labels()[0]["source"] == "adjudicated", A_FEW_SECONDS)
    alice.get_by_role("button", name="Undo the decision on t0").click()

    expect(alice.get_by_role("button", name="Decide: yes")).to_be_visible(timeout=A_FEW_SECONDS * 1000)


def test_overview_is_quiet_while_nobody_looks(house: House) -> None:
    house.found()
    house.add_texts("A bird?")
    alice = house.welcome("alice", "owner")
    asked: list[str] = []
    alice.goto(house.path)
    alice.on("request", lambda request: asked.append(request.url))

    alice.evaluate("() => Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    alice.wait_for_timeout(500)
    asked.clear()
    alice.wait_for_timeout(3000)
    assert asked == []
    alice.evaluate("() => Object.defineProperty(document, 'hidden', { get: () => false })")
    alice.wait_for_timeout(3000)

    assert any("/board?seen=" in url for url in asked)


def test_worker_is_paused_from_the_overview(house: House) -> None:
    house.found()
    house.add_texts("A bird?")
    alice = house.welcome("alice", "owner")
    house.welcome("bob", "worker")
    alice.goto(house.path)

    alice.get_by_role("button", name=f"Pause {house.email('bob')}").click()

    expect(alice.get_by_role("button", name=f"Resume {house.email('bob')}")).to_be_visible()
    expect(alice.get_by_role("status")).to_contain_text("is paused and gets no more tasks")


def test_key_made_in_the_browser_opens_the_api(house: House) -> None:
    house.found()
    alice = house.welcome("alice", "owner")

    alice.get_by_role("link", name="API keys").click()
    alice.get_by_label("Name").fill("nightly")
    alice.get_by_role("button", name="Make the key").click()
    secret = alice.locator("code.secret").inner_text()

    assert house.site.call("GET", house.path, secret).status == 200
    alice.locator("summary", has_text="Revoke").click()
    alice.get_by_role("button", name="Revoke nightly").click()
    expect(alice.get_by_text("The key nightly no longer works.")).to_be_visible()
    assert house.site.call("GET", house.path, secret).status == 401


def test_every_page_is_for_everybody(house: House, page: Page, complaints: list[str]) -> None:
    house.found(answers=2)
    house.add_texts("A bird?", "Another bird?")
    alice, bob = house.welcome("alice", "owner"), house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")
    expect(bob.locator("#skip")).to_be_enabled()
    pages = ["", "/workers", "/imports", "/members", "/settings"]
    visits = [(alice, f"{house.path}{each}") for each in pages]
    visits += [(alice, "/"), (alice, "/keys"), (alice, "/projects/new"), (alice, "/accounts/password/change/")]
    visits += [(bob, "/"), (bob, f"{house.path}/work"), (bob, house.path)]
    visits += [(page, "/accounts/login/"), (page, "/accounts/signup/"), (page, "/nowhere")]

    looks: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("dark", 390))
    found = []
    for scheme, width in looks:
        for visitor, url in visits:
            visitor.emulate_media(color_scheme=scheme)
            visitor.set_viewport_size({"width": width, "height": 844})
            visitor.goto(url)
            found += faults(visitor)
            if visitor.evaluate("() => document.documentElement.scrollWidth") > width:
                found.append(f"{url} is wider than {width} pixels")

    assert found == []
    complaints[:] = [text for text in complaints if "404" not in text and "403" not in text]


def test_refused_action_shows_the_reason_and_a_failed_update_nothing(house: House, complaints: list[str]) -> None:
    house.found()
    house.add_texts("A bird?")
    alice = house.welcome("alice", "owner")
    alice.goto(house.path)

    alice.route("**/board?*", lambda route: route.fulfill(status=503, body="<h1>Away</h1>"))
    alice.wait_for_timeout(3000)
    expect(alice.get_by_role("heading", name="Progress")).to_be_visible()
    house.call("DELETE")
    alice.get_by_role("button", name="Refresh now").click()

    expect(alice.get_by_text(f"There is no project {house.slug}, or you are not a member of it.")).to_be_visible()
    complaints[:] = [text for text in complaints if "404" not in text and "503" not in text]


def test_api_docs_keep_to_the_content_policy(page: Page) -> None:
    page.goto("/api/v1/docs")

    expect(page.get_by_text("/api/v1/assignments/{token}/response").first).to_be_visible()
