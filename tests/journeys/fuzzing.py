"""The fuzzer, let loose on a project with one of everything as each of its people."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.world import TASKS, World

# Not every rule can be written in a schema: that two classes may not share a name, for one.
EXCEPT = "positive_data_acceptance"
TURNED_AWAY = {401, 403, 404, 405}
PATIENCE = 60  # seconds for a reply: beside other load that is slow, not wrong


@dataclass
class FuzzedWorld(World):
    """What the fuzzer is told of it, and what came back."""

    met: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # statuses of each operation

    def settings(self) -> str:
        """The fuzzer's configuration: which input of which route must name what."""
        lines = ["[parameters]", f'slug = "{self.slug}"', 'external_id = "t0"', f'token = "{self.token}"']
        lines.append(f'sha256 = "{self.sha256}"')
        for name, number in self.ids.items():
            numbers = f"id = {number}\ndelivery_pk = {self.ids['deliveries']}"
            lines += _only(f'include-path-regex = "/{name}/[{{]id[}}]"', numbers)
        for what, task in TASKS.items():
            lines += _only(f'include-path-regex = "/{what}$"', f'external_id = "{task}"')
        lines += _only('include-name = "DELETE /api/v1/assignments/{token}/response"', f'token = "{self.answered}"')
        return "\n".join(lines)

    def note_what_came_back(self, report: Path) -> None:
        """Add the statuses of a run's requests to those that its operations have met."""
        for line in report.read_text().splitlines():
            for operation, status in _statuses(json.loads(line)):
                self.met[operation].add(status)

    @property
    def never_let_in(self) -> set[str]:
        """The operations that said nothing but that there is no such thing, or that it is somebody
        else's."""
        return {operation for operation, statuses in self.met.items() if statuses <= TURNED_AWAY}


def _only(operation: str, parameters: str) -> list[str]:
    return ["", "[[operations]]", operation, "[operations.parameters]", parameters]


def _statuses(part: Any, operation: str = "") -> Iterator[tuple[str, int]]:
    """The operation and the status of each response in a part of a report."""
    if isinstance(part, dict):
        operation = part.get("label") or operation
        if isinstance(status := part.get("status_code"), int):
            yield operation, status
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _statuses(below, operation)


def fuzz(world: FuzzedWorld, role: str, folder: Path, *, seed: int, examples: int, phases: str, operations: str) -> str:
    """Let the fuzzer loose as this person; return what it has to say if it found something, else
    nothing.

    `operations` is a pattern of method and path: `^(POST|PUT) `.
    """
    settings = folder / "schemathesis.toml"
    settings.write_text(world.settings())
    program = Path(sys.executable).with_name("schemathesis")
    options = [f"--seed={seed}", f"--max-examples={examples}", f"--phases={phases}", "--generation-database=none"]
    options += ["--exclude-checks", EXCEPT, "--no-color", "--warnings=off", f"--include-name-regex={operations}"]
    options += [f"--request-timeout={PATIENCE}"]
    report = folder / "report.ndjson"
    options += ["--report=ndjson", f"--report-ndjson-path={report}"]
    options += ["--header", f"Authorization: Bearer {world.keys[role]}"]
    command: list[str | Path] = [program, "--config-file", settings, "run", f"{world.site}/api/v1/schema", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    world.note_what_came_back(report)
    return "" if run.returncode == 0 else run.stdout
