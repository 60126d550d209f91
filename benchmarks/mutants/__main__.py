"""python -m benchmarks.mutants: draw small wrong changes, and run for each the tests that come by
where it is.

First, once, every test is run with a note of the functions it calls (kept in --reach, for further
runs). Then each change is made in a copy of the tree, and the tests that call its function are run,
the quickest modules first, until one fails. What no test notices is printed with its place, to be
judged by a person: some changes change nothing.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.mutants.changes import Change, changes_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("crowd", "tasks", "quality")
LEFT_OUT = ("migrations", "formats")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
NOTED = ["tests", "--ignore=tests/journeys", "--ignore=tests/drills"]  # whose site runs in other processes
MOST_TESTS = 150  # of one change: beyond that, as many drawn from all
LONGEST = 900  # seconds: a change that makes the tests hang is noticed, too


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--only", nargs="*", default=[], help="paths that the changed files begin with")
    parser.add_argument("--reach", type=Path, default=Path("/tmp/crowd-mutants-reach.json"))
    parser.add_argument("--out", type=Path, help="a JSON line for each change, which a later run goes on after")
    options = parser.parse_args()
    if not options.reach.exists():
        note_reach(options.reach)
    reach: dict[str, list[str]] = json.loads(options.reach.read_text())
    rng = random.Random(options.seed)
    noticed = judged = 0
    for number, change in enumerate(drawn(rng, options.changes, options.only)):
        tests = tests_of(change, reach, rng)
        if _is_known(options.out, number):
            continue
        verdict = "out of reach" if not tests else "noticed" if is_noticed(change, tests) else "UNNOTICED"
        judged, noticed = judged + 1, noticed + (verdict == "noticed")
        place = f"{change.path}:{change.line} {change.function}"
        print(f"{number:3d} {verdict:12s} {place}: {change.what} ({len(tests)} tests)", flush=True)
        if options.out:
            row = {"number": number, "verdict": verdict, "place": place, "what": change.what}
            with options.out.open("a") as file:
                file.write(json.dumps(row) + "\n")
    print(f"{noticed} of {judged} noticed")


def _is_known(out: Path | None, number: int) -> bool:
    known = out.read_text().splitlines() if out and out.exists() else []
    return any(json.loads(line)["number"] == number for line in known)


def drawn(rng: random.Random, count: int, only: Sequence[str]) -> list[Change]:
    """So many changes: functions at random, each once, and one change of each."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    paths = [path for path in paths if not set(LEFT_OUT) & set(path.relative_to(ROOT).parts)]
    if only:
        paths = [path for path in paths if str(path.relative_to(ROOT)).startswith(tuple(only))]
    by_function: dict[tuple[str, int], list[Change]] = {}
    for path in paths:
        for change in changes_of(path, ROOT):
            by_function.setdefault((change.path, change.function_line), []).append(change)
    functions = rng.sample(sorted(by_function), min(count, len(by_function)))
    return [rng.choice(by_function[function]) for function in functions]


def note_reach(path: Path) -> None:
    """Run every test that runs our code in its own process, and note what it calls."""
    print("Noting which tests call which functions, this once …", flush=True)
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "MUTANTS_REACH": f"{folder}/reach"}
        command = [*PYTEST, "-n", "2", "-p", "benchmarks.mutants.reach", *NOTED]
        subprocess.run(command, cwd=ROOT, env=environment, check=False)
        merged: dict[str, list[str]] = {}
        for part in Path(folder).glob("reach.*"):
            for function, tests in json.loads(part.read_text()).items():
                merged.setdefault(function, []).extend(tests)
    path.write_text(json.dumps(merged))


def tests_of(change: Change, reach: dict[str, list[str]], rng: random.Random) -> list[str]:
    """The tests that call the changed function: those of the module that is its mirror first."""
    tests = sorted(set(reach.get(f"{change.path}:{change.function_line}", [])))
    if len(tests) > MOST_TESTS:
        tests = sorted(rng.sample(tests, MOST_TESTS))
    folder = str(Path("tests", change.path).parent)
    # Where the note is older than the function: all tests of its package.
    return sorted(tests, key=lambda test: (not test.startswith(folder), test)) or ["/".join(folder.split("/")[:2])]


def is_noticed(change: Change, tests: Sequence[str]) -> bool:
    """Whether one of these fails, or the import does, or they take for ever."""
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache"))
        (tree / change.path).write_text(change.source(ROOT))
        environment = {**os.environ, "CROWD_DATA_DIR": f"{folder}/data", "PYTHONPATH": str(tree)}
        command = [*PYTEST, "-x", *tests]
        settings: dict[str, Any] = {"cwd": tree, "env": environment, "capture_output": True, "timeout": LONGEST}
        try:
            ended = subprocess.run(command, check=False, **settings)
        except subprocess.TimeoutExpired:
            return True
        assert ended.returncode in (0, 1, 2, 3, 4), ended.stdout[-2000:]
        return ended.returncode != 0


if __name__ == "__main__":
    main()
