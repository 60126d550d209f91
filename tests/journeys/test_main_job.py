"""The main job from end to end on the running site: real votes in, better labels out; a crowd at
work, watched."""

import time
import urllib.request
from typing import Any

import pytest

from tests.journeys.site import Site
from tests.quality.datasets import read_gold, votes_file


def pull_labels(site: Site, key: str, slug: str) -> dict[str, Any]:
    labels: dict[str, Any] = {}
    path = f"/projects/{slug}/labels?limit=1000"
    while path:
        page = site.call("GET", path, key).body
        labels |= {row["task"]: row for row in page["results"]}
        path = page["next"] and page["next"].partition("/api/v1")[2]
    return labels


@pytest.mark.parametrize(("name", "wanted"), [("bluebird", 0.88), ("rte", 0.925), ("dog", 0.83), ("web", 0.77)])
def test_real_votes_become_labels_that_are_right_more_often(site: Site, name: str, wanted: float) -> None:
    votes, gold = votes_file(name).read_bytes(), read_gold(name)
    (key,) = site.keys("alice@example.com")
    schema = {"type": "choice", "classes": sorted(set(gold.values()))}
    site.call("POST", "/projects", key, {"slug": name, "name": name, "schema": schema})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    request = urllib.request.Request(f"{site}/api/v1/projects/{name}/responses/import", votes, headers)
    with urllib.request.urlopen(request, timeout=120) as reply:
        assert reply.status == 201
    refresh = site.call("POST", f"/projects/{name}/refresh", key).body["id"]
    deadline = time.monotonic() + 60
    while (state := site.call("GET", f"/projects/{name}/refreshes/{refresh}", key).body["state"]) != "done":
        assert state != "failed"
        assert time.monotonic() < deadline
        time.sleep(0.2)
    labels = pull_labels(site, key, name)
    right = sum(labels[task]["label"] == label for task, label in gold.items())
    assert right / len(gold) >= wanted


def test_a_simulated_crowd_labels_the_demo_project(site: Site) -> None:
    said = site.manage("simulate", "--pace", "0", "--answers", "40", "--seed", "7")
    (key,) = site.keys("owner@demo.example")
    summary = site.call("GET", "/projects/digits/agreement", key).body
    workers = {row["worker"]: row for row in site.call("GET", "/projects/digits/workers", key).body["results"]}
    expert, spammer = (workers[f"{kind}-1@simulated.example"]["reliability"] for kind in ("expert", "spammer"))
    assert "majority vote on the same answers" in said
    assert summary["counts"]["responses"] == 8 * 40
    assert expert["low"] > spammer["high"]
