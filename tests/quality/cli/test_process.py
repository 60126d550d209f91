"""The command as its user starts it: a process of its own."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.quality.datasets import votes_file

ROOT = Path(__file__).resolve().parents[3]

LOADED_BY_A_RUN = """
import sys
from quality.cli import main
main(["aggregate", "-", "--json"])
print(sorted({"django", "rest_framework", "celery"} & {name.partition(".")[0] for name in sys.modules}))
"""


HEAVY = """
import sys
from quality.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(sorted({names!r} & set(sys.modules)))
"""


def start(*arguments: str, **options: object) -> "subprocess.Popen[bytes]":
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, **{**pipes, **options})  # type: ignore[call-overload]


def processor_seconds() -> float:
    """What finished child processes have used: unlike the clock, it doesn't count waiting for other
    work."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_neither_django_nor_celery_is_loaded():
    process = start("-c", LOADED_BY_A_RUN, env={**os.environ, "DJANGO_SETTINGS_MODULE": "missing"})

    out, _ = process.communicate(b"task,worker,label\nt1,bob,yes\n")

    assert out.decode().splitlines()[-1] == "[]"


def test_help_does_not_wait_for_numpy():
    process = start("-c", HEAVY.format(arguments=["aggregate", "--help"], names={"numpy", "scipy"}))

    assert process.communicate()[0].decode().splitlines()[-1] == "[]"


def test_aggregate_loads_neither_statistics_nor_agreement_nor_reliability():
    names = {"scipy.stats", "pyarrow", "quality.agreement", "quality.reliability", "quality.evaluation"}
    process = start("-c", HEAVY.format(arguments=["aggregate", "-", "--json"], names=names))

    out, _ = process.communicate(b"task,worker,label\nt1,bob,yes\n")

    assert out.decode().splitlines()[-1] == "[]"


def test_importing_quality_imports_nothing():
    process = start("-c", "import sys; before = set(sys.modules); import quality; print(set(sys.modules) - before)")

    assert process.communicate()[0].decode().strip() == "{'quality'}"


def test_a_thousand_tasks_take_under_three_seconds():
    votes = str(votes_file("rte"))
    start("-m", "quality", "methods", "--type", "choice").communicate()  # Python compiles what it imports, once

    before = processor_seconds()
    process = start("-m", "quality", "aggregate", votes, "--method", "dawid-skene", "--json")
    summary = json.loads(process.communicate()[0])

    assert summary["tasks"] == 800
    assert processor_seconds() - before < 3  # 0.6 on an idle machine


def test_a_reader_who_leaves_ends_it_quietly(tmp_path: Path):
    votes = tmp_path / "votes.csv"
    votes.write_text("task,worker,label\n" + "".join(f"a rather long name {task},bob,yes\n" for task in range(20_000)))
    process = start("-m", "quality", "aggregate", str(votes))
    assert process.stdout is not None
    assert process.stderr is not None

    process.stdout.readline()
    process.stdout.close()

    assert b"Traceback" not in process.stderr.read()
    process.wait()
    process.stderr.close()
