"""What pages show of requests, files, events and settings is what the service takes, sends and
knows."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from crowd import paths
from crowd.projects.models import Project
from quality.budget.replays import ORDERS, run_replay
from quality.models import GoldAnswer
from tasks.intake.imports import run_import
from tasks.models import PreLabel, Task
from tests.cast import NO, NUMBERS, YES, Api, picture
from tests.docs.shown import block
from tests.journeys import proxy


def test_predictions_are_sent_as_shown(tasks: Project, alice: Api) -> None:
    request, _, body = block("docs/predictions.md", "POST").partition("\n")
    method, address = request.split()

    reply = alice(method, address.format(slug="birds"), body)

    assert reply.status_code == 201, reply.content
    kept = {each.task.external_id: each.prediction for each in PreLabel.objects.select_related("task")}
    assert kept == {"t1": [[YES, 1.0]], "t2": [[YES, 0.9], [NO, 0.1]]}


def test_comparisons_and_votes_on_them_are_sent_as_shown(alice: Api) -> None:
    alice("POST", "/projects", {"slug": "poems", "name": "Poems", "schema": {"type": "pairwise"}})
    data = json.loads(block("docs/data-in.md", '{"text"'))
    made = alice("POST", "/projects/poems/tasks", {"tasks": [{"external_id": "t1", "data": data}]})
    assert made.json()["created"] == 1

    votes = block("docs/data-in.md", "a,b,worker,answer")
    sent = alice("POST", "/projects/poems/responses/import", votes, content_type="text/csv")

    assert sent.json()["created"] == 2, sent.content
    rows = alice("GET", "/projects/poems/responses").json()["results"]
    assert [(row["task"], row["worker"], row["answer"]) for row in rows] == [
        ("x | y", "ann", "a"),
        ("x | y", "ben", "a"),
    ]


def test_spans_are_sent_as_shown(alice: Api) -> None:
    schema = {"type": "spans", "classes": ["person"]}
    alice("POST", "/projects", {"slug": "names", "name": "Names", "schema": schema})
    alice("POST", "/projects/names/tasks", {"tasks": [{"external_id": "t1", "data": {"text": "Ada wrote to Li."}}]})

    votes = block("docs/data-in.md", "worker,task,answer")
    sent = alice("POST", "/projects/names/responses/import", votes, content_type="text/csv")

    assert sent.json()["created"] == 2, sent.content
    rows = alice("GET", "/projects/names/responses").json()["results"]
    said = {row["worker"]: row["answer"] for row in rows}
    assert said == {"ann": [{"class": "person", "start": 0, "end": 3}], "ben": []}


def test_a_zip_as_shown_brings_its_folders_as_known_answers(project: Project, alice: Api) -> None:
    name, *tree = block("docs/data-in.md", "birds.zip").splitlines()
    members = [line.split()[1] for line in tree]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for number, member in enumerate(members):
            file.writestr(member, picture(("red", "green", "blue")[number], kind="JPEG"))
    archive.seek(0)
    archive.name = name

    asked = alice("POST", "/projects/birds/imports", {"file": archive}, content_type="multipart/form-data").json()
    run_import(asked["id"])

    state = alice("GET", f"/projects/birds/imports/{asked['id']}").json()
    assert (state["format"], state["report"]["created"], state["report"]["rejected"]) == ("imagenet-zip", 3, 0)
    gold = {(each.task.external_id, each.answer) for each in GoldAnswer.objects.select_related("task")}
    assert gold == {(member, NUMBERS[member.partition("/")[0]]) for member in members}


def test_a_zip_with_a_table_as_shown_brings_a_task_of_two_pictures(project: Project, alice: Api) -> None:
    _name, *tree = block("docs/data-in.md", "pairs.zip").splitlines()
    table, *pictures = [line.split()[1] for line in tree]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(table, block("docs/data-in.md", "external_id,left,right"))
        for number, member in enumerate(pictures):
            file.writestr(member, picture(("red", "green")[number], kind="JPEG"))
    archive.seek(0)
    archive.name = "pairs.zip"

    asked = alice("POST", "/projects/birds/imports", {"file": archive}, content_type="multipart/form-data").json()
    run_import(asked["id"])

    task = Task.objects.get()
    assert (task.external_id, task.frames) == ("p1", {"left": [6, 4], "right": [6, 4]})


def test_a_task_names_its_picture_as_shown(project: Project, alice: Api) -> None:
    sent = alice("POST", "/projects/birds/pictures", picture(), content_type="image/png").json()
    body = block("docs/data-in.md", '{"tasks"').replace("SHA256", sent["sha256"])

    assert alice("POST", "/projects/birds/tasks", body).status_code == 201

    assert Task.objects.get().frames == {"photo": [6, 4]}


def test_a_replay_is_asked_for_as_shown(project: Project, alice: Api) -> None:
    more = "\\n".join(f"t{task},w{worker},yes,yes" for task in range(2, 6) for worker in range(3))
    body = block("docs/adaptive-redundancy.md", "{").replace("…", more)

    asked = alice("POST", "/projects/birds/replays", body)

    assert asked.status_code == 202, asked.content
    for _ in range(ORDERS):
        run_replay(asked.json()["id"])
    assert alice("GET", f"/projects/birds/replays/{asked.json()['id']}").json()["state"] == "done"


def test_settings_behind_a_proxy_mean_what_the_page_says(tmp_path: Path) -> None:
    words = block("docs/proxies.md", "HTTPS=1").split()
    asked = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.ALLOWED_HOSTS, s.SITE_URL, [str(n) for n in s.TRUSTED_PROXIES])"
    )
    environment = {**os.environ, **dict(word.split("=", 1) for word in words), "CROWD_DATA_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "crowd.settings"

    said = subprocess.run(
        [sys.executable, "-c", asked], cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert said.stdout.split(" ", 1)[0] == "True", said.stderr
    assert "crowd.example.org" in said.stdout
    assert "https://crowd.example.org" in said.stdout
    assert "127.0.0.1/32" in said.stdout


def test_nginx_of_the_journeys_sends_what_the_page_tells_it_to() -> None:
    """The journey through both (tests/journeys/test_proxies.py) stands for these files: there is no
    nginx here."""
    nginx, caddy = block("docs/proxies.md", "server {"), block("docs/proxies.md", "crowd.example.org {")

    assert set(re.findall(r"proxy_set_header (\S+)", nginx)) == set(proxy.nginx("/")[1])
    assert "proxy_pass http://127.0.0.1:8000;" in nginx
    assert "reverse_proxy 127.0.0.1:8000\n" in caddy
    assert nginx.count("{") == nginx.count("}")
