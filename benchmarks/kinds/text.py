"""python -m benchmarks.kinds.text --data DIR: recorded transcripts through the service: votes in,
refresh, labels out.

Of each set of answers a task (all of them, and the first few in the order of a seed) the mean word
error rate of the labels, that of the medoid on the same answers, how far confidences of labels and
of words are from the share that is right, and of a fit and of the live labels of 100 new answers
the seconds. Simulated crowds follow, by the library.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.defaults.crowds import QUALITIES, crowd
from benchmarks.defaults.of_drawings import texts
from benchmarks.loop.database import migrated_database
from benchmarks.rows import read_rows
from quality.aggregation.texts import Auto, TextFit, TextMedoid, TextVotes
from quality.evaluation import parts_of
from quality.evaluation.text import word_errors

ANSWERS = (1, 2, 3, 5, 7)
SIZES = (1, 3, 5, 9)
BINS = 15
ROWS = 4000  # of a request: less than is read in the background
NEW = 100
MOST_WRONG, MOST_OFF = 0.062, 0.06

Row = dict[str, str]
Sure = tuple[list[float], list[float]]  # how sure, and how right


def main() -> None:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--data", type=Path, default=Path("text_crowdspeech_dev_clean"), metavar="DIR")
    parser.add_argument("--answers", type=int, nargs="*", default=ANSWERS)
    options = parser.parse_args()
    rows = read_rows(options.data / "labels.csv")
    truth = {row["task"]: row["label"] for row in read_rows(options.data / "gold.csv")}
    labels: Sure = ([], [])
    words: Sure = ([], [])
    os.environ["ALLOWED_HOSTS"] = "testserver"
    with migrated_database():
        for most in options.answers:
            of_service(rows, truth, most, labels, words)
    print(f"recorded, off by at most {MOST_OFF}: labels {off(labels):.3f}, words {off(words):.3f}", flush=True)
    for quality in QUALITIES:
        of_crowd(quality, labels, words)
    print(f"and simulated: labels {off(labels):.3f}, words {off(words):.3f}")


def of_service(rows: Sequence[Row], truth: dict[str, str], most: int, labels: Sure, words: Sure) -> None:
    """Import, refresh, labels; what they say goes to `labels` and `words`."""
    from quality.refresh.live import keep_up  # noqa: PLC0415 (needs the models)
    from quality.refresh.scheduling import refresh_project  # noqa: PLC0415
    from tests.cast import api_for  # noqa: PLC0415

    api, slug = api_for("owner@example.org"), f"of-{most}"
    project = _made(api, slug)
    some = list(thinned(rows, most))
    _imported(api, slug, some[NEW:])
    started = time.perf_counter()
    refresh_project(project.pk)
    fitted = time.perf_counter() - started
    _imported(api, slug, some[:NEW])
    started = time.perf_counter()
    keep_up(project)
    live = time.perf_counter() - started
    refresh_project(project.pk)
    stream = api("GET", f"/projects/{slug}/labels.jsonl").getvalue().decode().splitlines()
    found = {row["task"]: row for row in map(json.loads, stream)}
    wrong = word_errors(list(truth.values()), [found[task]["label"] for task in truth])
    for task, share in zip(truth, np.minimum(wrong.each, 1), strict=True):
        row = found[task]
        detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
        _noted(labels, [row["confidence"]], [1 - float(share)])
        _noted(words, [each["score"] for each in detail["words"]], right_words(row["label"], truth[task]))
    medoid = _medoid(some, truth)
    figures = f"WER {wrong.mean:.4f} (medoid {medoid:.4f}), fit {fitted:.1f} s, {NEW} new answers {live:.2f} s"
    print(
        f"{most} answers a task: {figures}; sure {np.mean(labels[0]):.3f}, right {np.mean(labels[1]):.3f}", flush=True
    )


def _made(api: Any, slug: str) -> Any:
    from crowd.projects.models import Project  # noqa: PLC0415

    reply = api("POST", "/projects", {"slug": slug, "name": slug, "schema": {"type": "text"}})
    if reply.status_code != 201:
        raise SystemExit(reply.content)
    return Project.objects.get(slug=slug)


def _imported(api: Any, slug: str, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), ROWS):
        lines = (
            json.dumps({"task": row["task"], "worker": row["worker"], "answer": row["label"]}, ensure_ascii=False)
            for row in rows[start : start + ROWS]
        )
        body = "\n".join(lines)
        reply = api("POST", f"/projects/{slug}/responses/import", body, content_type="application/x-ndjson")
        if reply.status_code != 201:
            raise SystemExit(reply.content)


def thinned(rows: Sequence[Row], most: int) -> Iterator[Row]:
    """At most so many answers of each task, which ones by the order of a seed."""
    seen: dict[str, int] = {}
    for place in np.random.default_rng(1).permutation(len(rows)).tolist():
        row = rows[place]
        seen[row["task"]] = seen.get(row["task"], 0) + 1
        if seen[row["task"]] <= most:
            yield row


def _medoid(rows: Sequence[Row], truth: dict[str, str]) -> float:
    tasks = {name: code for code, name in enumerate(truth)}
    kept = [row for row in rows if row["task"] in tasks]
    columns = [tasks[row["task"]] for row in kept], [0] * len(kept), [row["label"] for row in kept]
    fit = TextMedoid().fit(TextVotes.from_texts(*columns, n_tasks=len(tasks)))
    return word_errors(list(truth.values()), [label or "" for label in fit.labels]).mean


def of_crowd(quality: str, labels: Sure, words: Sure) -> None:
    """The same of simulated crowds of several sizes."""
    for size in SIZES:
        wrong = []
        for seed in range(3):
            votes, truth = texts(crowd(quality, size), np.random.default_rng(seed))
            fit, medoid = Auto().fit(votes), TextMedoid().fit(votes)
            each = [word_errors(truth, [label or "" for label in found.labels]) for found in (fit, medoid)]
            wrong.append([errors.mean for errors in each])
            _noted(labels, fit.confidence.tolist(), (1 - np.minimum(each[0].each, 1)).tolist())
            _note_words(words, fit, truth)
        mean, plain = np.mean(wrong, axis=0)
        print(f"{quality}, {size}: WER {mean:.3f} (medoid {plain:.3f})", flush=True)


def _note_words(words: Sure, fit: TextFit, truth: Sequence[str]) -> None:
    for task, true in enumerate(truth):
        _noted(words, fit.words.of(task)[1], right_words(fit.labels[task] or "", true))


def _noted(sure: Sure, confidence: list[float], right: list[float]) -> None:
    if len(confidence) != len(right):
        raise ValueError(f"{len(confidence)} confidences of {len(right)} words")
    sure[0].extend(confidence)
    sure[1].extend(right)


def right_words(label: str, truth: str) -> list[float]:
    """Of each word of a label whether it is one of the truth, the two laid side by side."""
    given, true = parts_of(label, "word"), parts_of(truth, "word")
    right = np.zeros(len(given))
    for block in SequenceMatcher(None, given, true, autojunk=False).get_matching_blocks():
        right[block.a : block.a + block.size] = 1
    return right.tolist()


def off(sure: Sure) -> float:
    """The expected calibration error, of bins of equal widths; what is right may be a share."""
    confidence, right = (np.array(each) for each in sure)
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    apart = [np.abs((confidence - right)[place == each].sum()) for each in range(BINS)]
    return float(np.sum(apart) / len(confidence))


if __name__ == "__main__":
    main()
