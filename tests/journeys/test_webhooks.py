"""A webhook on a running site: from the page through the outbox, the broker and a sender to a
program that listens."""

import json
from collections.abc import Callable
from typing import Any

from tests.crowd.webhooks.receiver import listening
from tests.crowd.webhooks.recipe import is_genuine
from tests.journeys.site import Site, wait_until

PROJECT = {"slug": "hooks", "name": "Hooks", "schema": {"type": "choice", "classes": ["a", "b"]}}


def test_what_happens_arrives_signed_and_is_sent_again_on_request(start_site: Callable[..., Site]) -> None:
    site = start_site(CROWD_WEBHOOK_NETWORKS="127.0.0.0/8").wait_until_announced()
    (key,) = site.keys("alice@example.com")
    site.call("POST", "/projects", key, PROJECT)
    with listening() as receiver:
        made = site.call("POST", "/projects/hooks/webhooks", key, {"url": receiver.url, "kinds": ["label.settled"]})
        hook = f"/projects/hooks/webhooks/{made.body['id']}"
        receiver.answers = [lambda handler: handler.rfile.read(1)]  # type: ignore[list-item]
        ping = site.call("POST", f"{hook}/test", key).body
        wait_until(lambda: len(receiver.received) == 1, 10)
        # The receiver is silent, and the jobs have time for others.
        refresh = site.call("POST", "/projects/hooks/refresh", key).body["id"]
        wait_until(lambda: site.call("GET", f"/projects/hooks/refreshes/{refresh}", key).body["state"] == "done", 4)
        assert latest(site, key, hook)["state"] == "waiting"
        wait_until(lambda: latest(site, key, hook)["error"] == "timeout", 10)
        site.call("POST", f"{hook}/deliveries/{ping['id']}/replay", key)
        wait_until(lambda: latest(site, key, hook)["state"] == "delivered", 10)
        assert receiver.event_ids == [ping["event"]] * 2
        assert all(is_genuine(made.body["secret"], request) for request in receiver.received)
        assert {json.loads(request.body)["kind"] for request in receiver.received} == {"ping"}


def latest(site: Site, key: str, hook: str) -> Any:
    return site.call("GET", f"{hook}/deliveries", key).body["results"][0]
