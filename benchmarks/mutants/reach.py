"""A pytest plugin that notes which tests call which functions of the project, in the file that
MUTANTS_REACH names."""

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT / package}{os.sep}" for package in ("crowd", "tasks", "quality"))

_called: set[CodeType] = set()
_reached: dict[str, list[str]] = defaultdict(list)


def _note(frame: FrameType, event: str, _argument: Any) -> None:
    if event == "call":
        _called.add(frame.f_code)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _called.clear()
    threading.setprofile(_note)
    sys.setprofile(_note)
    yield
    sys.setprofile(None)
    threading.setprofile(None)  # type: ignore[arg-type]
    for code in _called.copy():  # a thread of the test may still run
        if code.co_filename.startswith(OURS):
            path = Path(code.co_filename).relative_to(ROOT)
            _reached[f"{path}:{code.co_firstlineno}"].append(item.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if _reached:
        Path(f"{os.environ['MUTANTS_REACH']}.{worker}").write_text(json.dumps(_reached))
