"""Results out: CSV, JSON and a few lines of text, with files written whole or not at all."""

import csv
import json
import math
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from quality.cli.errors import BadFile
from quality.cli.tables import STANDARD


class _Rows(list[str]):
    """The rows that a csv.writer writes, one string each."""

    write = list.append


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file. Floats are written so that they read back as the same floats."""
    written = _Rows()
    # Told that lines end in \r\n, the writer quotes cells that hold either; told \n, it would leave a lone \r bare.
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return "".join(row.removesuffix("\r\n") + "\n" for row in written)


def print_text(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def print_json(summary: Mapping[str, Any]) -> None:
    """One JSON object; figures that are undefined are null."""
    print_text(json.dumps(_without_nan(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_note(note: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    sys.stderr.write(f"{note}\n")


def write_all(texts: Mapping[str, str]) -> None:
    """Write every text to the path it stands under: all of them, or none if one cannot be written. `-` comes last.

    Raises BadFile naming the path that cannot be written.
    """
    with ExitStack() as parts:
        written = [
            (path, parts.enter_context(_part_of(path, text))) for path, text in texts.items() if path != STANDARD
        ]
        for path, part in written:
            with _naming(path):
                part.replace(Path(path).resolve())
    if STANDARD in texts:
        print_text(texts[STANDARD])


@contextmanager
def _part_of(path: str, text: str) -> Iterator[Path]:
    """`text` in a hidden file beside its target, which is gone at the end unless it took its target's place."""
    target = Path(path).resolve()  # a link keeps pointing to the file that is replaced
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _naming(path):
            if target.exists() and not target.is_file():
                raise BadFile(path, "not a regular file, so it cannot be replaced; - writes to standard output")
            part.write_text(text, encoding="utf-8", newline="")
            if target.exists():
                shutil.copymode(target, part)
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Errors of the operating system told as faults of `path`, not of the part beside it."""
    try:
        yield
    except OSError as error:
        raise BadFile.from_os_error(path, error) from None


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
