"""The running API against its own document, with inputs that the document allows and inputs that it forbids."""

import subprocess
import sys
from pathlib import Path

from tests.journeys.site import Site

CONFIG = Path(__file__).with_name("schemathesis.toml")
# Not every rule can be written in a schema: that two classes may not share a name, for one.
EXCEPT = "positive_data_acceptance"


def test_the_api_does_what_its_document_says(site: Site, tmp_path: Path) -> None:
    (key,) = site.keys("fuzz@example.com")
    schema = {"type": "choice", "classes": ["a", "b"]}
    site.call("POST", "/projects", key, {"slug": "fuzz", "name": "Fuzz", "schema": schema})
    site.call("POST", "/projects/fuzz/tasks", key, {"tasks": [{"external_id": "t0", "data": {"text": "?"}}]})
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--max-examples=5", "--exclude-checks", EXCEPT, "--phases=examples,coverage,fuzzing", "--no-color"]
    options += ["--exclude-method=DELETE", "--header", f"Authorization: Bearer {key}"]
    command: list[str | Path] = [program, "--config-file", CONFIG, "run", f"{site}/api/v1/schema", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stdout[-6000:]
