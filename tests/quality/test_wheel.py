"""The library as others install it: built, and put where there is nothing but numpy and scipy."""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from quality.tables.extras import how_to_install

ROOT = Path(__file__).resolve().parents[2]

IMPORT_ALL = """
import importlib, json, pkgutil, sys
import quality
names = [found.name for found in pkgutil.walk_packages(quality.__path__, "quality.")]
optional = [name for name in names if name.startswith("quality.aggregation.distributed")]
for name in set(names) - set(optional) - {"quality.__main__"}:
    importlib.import_module(name)
print(json.dumps(sorted({name.split(".")[1] for name in names})))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--offline", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The Python of a new environment into which pip, without a network, has put the wheel."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    installed = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for found in _parts_of("numpy", "scipy"):
        (installed / found.name).symlink_to(found)
    python, pip = folder / "bin" / "python", next((ROOT / "script" / "vendor").glob("pip-*.whl")) / "pip"
    subprocess.run([python, pip, "install", "--quiet", "--no-index", wheel], check=True)
    return python


def _parts_of(*names: str) -> Iterator[Path]:
    """The folders at the top of what these distributions have installed here."""
    for name in names:
        files = distribution(name).files or ()
        tops = {Path(str(file)).parts[0] for file in files} - {".."}
        yield from (Path(str(distribution(name).locate_file(top))) for top in tops)


def run(*command: str | Path, at: Path) -> str:
    """With the folder of the program first in the path, as in an environment that was activated."""
    variables = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=at, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_asks_for_numpy_and_scipy_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        metadata = archive.read(next(name for name in archive.namelist() if name.endswith("/METADATA"))).decode()

    needs = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", metadata, re.MULTILINE)
    assert sorted(needs) == ["numpy", "scipy"]


def test_the_wheel_holds_the_pure_packages_all_of_them_and_no_others(wheel: Path) -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    contracts, left_out = tool["importlinter"]["contracts"], tool["uv"]["build-backend"]["source-exclude"]
    pure = next(each for each in contracts if each["name"] == "Pure packages know nothing of the service")

    with ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if name.endswith(".py")}
    tops = {"quality." + name.split("/")[1].removesuffix(".py") for name in found}
    of_kinds = [pattern for pattern in left_out if pattern.startswith("quality/kinds/")]
    in_clone = {str(each.relative_to(ROOT)) for top in tops for each in (ROOT / top.replace(".", "/")).rglob("*.py")}
    in_clone = {name for name in in_clone if not any(fnmatch(name, pattern) for pattern in of_kinds)}
    named = {".".join(name.split(".")[:2]) for name in pure["source_modules"] if name.startswith("quality.")}
    assert tops - {"quality.__init__"} == named
    assert in_clone == {name for name in found if name.count("/") > 1}


def test_every_module_can_be_imported_where_there_is_no_django(python: Path, tmp_path: Path) -> None:
    found = run(python, "-c", IMPORT_ALL, at=tmp_path)

    assert '"aggregation", "agreement", "cli", "evaluation", "formats", "kinds", "reliability", "tables"' in found
    without_django = subprocess.run([python, "-c", "import django"], capture_output=True, check=False)
    assert without_django.returncode == 1


def test_the_command_line_labels_a_file_there(python: Path, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("task,worker,label\nt1,ann,cat\nt1,ben,cat\nt1,cem,dog\n")

    found = run(python, "-m", "quality", "aggregate", "votes.csv", "--method", "majority", at=tmp_path)

    assert found.splitlines()[1].startswith("t1,cat,0.6")


def test_the_walk_through_is_true_there(python: Path, tmp_path: Path) -> None:
    assert int(run(python, ROOT / "tests" / "docs" / "page.py", ROOT / "docs" / "library.md", at=tmp_path)) > 10


def test_what_needs_an_extra_says_how_to_install_it_there(python: Path, tmp_path: Path) -> None:
    (tmp_path / "votes.parquet").write_bytes(b"PAR1")

    refused = [
        subprocess.run([python, "-m", "quality", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        for command in (("aggregate", "votes.parquet"), ("distribute", "votes.parquet", "--out", "labels"))
    ]

    assert [each.returncode for each in refused] == [2, 2]
    assert refused[0].stderr.endswith(f"{python} -m pip install pyarrow\n")
    assert refused[1].stderr.endswith(f"{python} -m pip install 'dask[distributed]' pyarrow\n")


def test_the_pip_that_is_advised_in_a_clone_is_there() -> None:
    advised = shlex.split(how_to_install("pyarrow"))

    help_of_it = run(*advised, "--help", at=ROOT)
    assert help_of_it.strip().startswith("Usage:")
