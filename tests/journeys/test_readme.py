"""What the README and the page of files tell newcomers to type works as it stands, in the order of
the pages."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from crowd import paths
from tests.docs.shown import block
from tests.journeys.reader import blocks, typed
from tests.journeys.site import Site, wait_until

VOTES = "task,worker,answer\nt1,ann,yes\nt1,ben,yes\nt2,ann,no\nt2,ben,yes\n"
AN_IMPORT_TAKES_AT_MOST = 120
GOLD = "task,label\nt1,yes\nt2,no\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder from which the scripts are found, with the files that the README names."""
    (tmp_path / "script").symlink_to(paths.ROOT / "script")
    (tmp_path / "votes.csv").write_text(VOTES)
    (tmp_path / "gold.csv").write_text(GOLD)
    return tmp_path


def imports_of(site: Site, key: str, said: str) -> list[dict[str, Any]]:
    """What became of the imports whose numbers were said."""
    numbers = re.findall(r'\{"id":(\d+)\}', said)
    return [site.call("GET", f"/projects/birds/imports/{number}", key).body for number in numbers]


def test_program_is_served_by_the_commands_of_the_readme_and_the_files_of_the_docs(site: Site, folder: Path) -> None:
    calls = [each.text for each in blocks("README.md") if "api " in each.text]
    begun = ("external_id,text,gold", '{"external_id"', "task,worker,answer", '{"model"')
    tasks_csv, task_json, votes_csv, predictions = (block("docs/data-in.md", first) for first in begun)
    for name, text in (("tasks.csv", tasks_csv), ("tasks.jsonl", task_json), ("more.csv", votes_csv)):
        (folder / name).write_text(f"{text}\n")
    (folder / "predictions.json").write_text(predictions)
    files = [
        "api -F file=@tasks.csv $SITE/projects/birds/imports",
        "api -F file=@tasks.jsonl $SITE/projects/birds/imports",
        'api -H "Content-Type: text/csv" --data-binary @more.csv $SITE/projects/birds/responses/import',
        "api --json @predictions.json $SITE/projects/birds/prelabels",
    ]
    commands = "\n".join([*calls, *files]).replace("http://127.0.0.1:8000", site.url)

    said = typed(commands, folder, site.variables)

    assert len(calls) == 2
    assert "urn:crowd:problem" not in said
    assert "task,label,confidence,distribution,responses,state,source,updated_at" in said
    assert '"created":1,"updated":0,"unchanged":0' in said
    (key,) = site.keys("you@example.com")
    wait_until(lambda: all(e["state"] == "done" for e in imports_of(site, key, said)), AN_IMPORT_TAKES_AT_MOST)
    assert [each["report"].get("rejected", 0) for each in imports_of(site, key, said)] == [0, 0]


def test_library_and_command_line_do_what_the_readme_shows(folder: Path) -> None:
    (commands,) = (each.text for each in blocks("README.md") if "python -m quality" in each.text)
    (program,) = (each.text for each in blocks("README.md") if each.language == "python")
    (folder / "program.py").write_text(f"{program}\nprint(fit.labels.tolist(), max(fit.confidence) < 1)\n")

    said = typed(f"{commands}\npython program.py", folder, dict(os.environ))

    assert (folder / "labels.csv").read_text().splitlines()[0] == "task,label,confidence"
    assert '"accuracy": 1.0' in said
    assert said.splitlines()[-1] == "[1, 0] True"
