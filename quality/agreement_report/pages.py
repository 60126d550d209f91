"""The page on how far workers agree: the measures, over time, class by class, and worker by
worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.agreement_report.charts import Cell, Curve, class_map, curve, worker_map
from quality.agreement_report.history import agreement_points
from quality.agreement_report.position import position_of
from quality.agreement_report.reading import class_rows, measures_of, pair_rows, stored_parts, worker_names
from quality.automation_bias.pages import following_of
from quality.charts import Interval
from quality.kinds.protocol import consensus_kind
from quality.labels.summaries import MEASURES
from quality.models import Summary

CLASSES_SHOWN = 100
LEAST_SHOWN = 10
DAYS_LISTED = 60


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class in the table: how far workers agree on it, and what they mix it up with, as (title,
    pairs of answers)."""

    title: str
    interval: Interval
    answers: int
    tasks: int
    mixed_up_with: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two workers in the table: keys, names, tasks in common, percent of equal answers, and
    kappa."""

    keys: tuple[int, int]
    names: tuple[str, str]
    tasks: int
    percent: int
    kappa: Interval


@signed_in
@require_GET
def agreement(request: PersonRequest, slug: str) -> HttpResponse:
    """How far the workers of a project agree, as of the last fit."""
    project = project_for(request.user, slug, Permission.READ)
    summary = Summary.objects.filter(project=project).only("agreement", "following", "updated_at").first()
    measures = measures_of(project, summary)
    context = {
        "measures": measures,
        "measured": any(measure.interval.value is not None for measure in measures),
        "kind": kind_of(project) if len(measures) < len(MEASURES) else None,
        "counts": summary.agreement.get("counts") if summary else None,
        "updated_at": summary.updated_at if summary else None,
        "following": following_of(project, summary.following if summary else {}),
        "position": position_of(project, summary.agreement if summary else {}),
        "percent_blind": round(100 * project.blind_share),
        **_over_time(project),
        **_parts(project),
        **rights(request.user, project),
    }
    return render(request, "quality/agreement.html", context)


def _over_time(project: Project) -> dict[str, Any]:
    points = list(agreement_points(project))
    drawn: Curve | None = curve([(point.day, point.agreement["krippendorff_alpha"]) for point in points])
    return {"curve": drawn, "days": points[-DAYS_LISTED:][::-1]}


def _parts(project: Project) -> dict[str, Any]:
    parts = stored_parts(project)
    titles = {each.cell: each.title for each in consensus_kind(project).options(project.schema)}
    classes = class_rows(parts, list(titles))
    names = worker_names(project, parts)
    pairs = pair_rows(parts, names)
    shown_classes, class_cells = class_map(classes, parts.get("disagreements", []))
    shown_workers, worker_cells = worker_map(list(names), pairs)
    return {
        "classes": _class_table(classes, titles),
        "more_classes": max(0, len(classes) - CLASSES_SHOWN),
        "class_map": _named([titles[classes[code]["class"]] for code in shown_classes], class_cells),
        "worker_map": _named([names[key] for key in shown_workers], worker_cells),
        "least": _least(pairs),
        "n_pairs": len(pairs),
        "percent_compared": round(100 * parts.get("compared", 1.0)),
    }


def _named(names: Sequence[str], rows: Sequence[list[Cell]]) -> list[tuple[int, str, list[Cell]]]:
    """Rows of a map: number, name, cells."""
    return [(number, name, cells) for number, (name, cells) in enumerate(zip(names, rows, strict=True), 1)]


def _class_table(classes: Sequence[dict[str, Any]], titles: dict[str, str]) -> list[ClassRow]:
    """The classes that workers agree on least come first."""
    rows = [
        ClassRow(
            title=titles[each["class"]],
            interval=Interval.of(each["fleiss_kappa"]),
            answers=each["answers"],
            tasks=each["tasks"],
            mixed_up_with=[(titles[other["class"]], other["pairs"]) for other in each["mixed_up_with"]],
        )
        for each in classes
    ]
    rows.sort(key=lambda row: 2.0 if row.interval.value is None else row.interval.value)
    return rows[:CLASSES_SHOWN]


def _least(pairs: Sequence[dict[str, Any]]) -> list[PairRow]:
    """The two and two who agree least."""
    defined = [pair for pair in pairs if pair["cohen_kappa"]["value"] is not None]
    defined.sort(key=lambda pair: pair["cohen_kappa"]["value"])
    return [
        PairRow(
            keys=(pair["workers"][0]["id"], pair["workers"][1]["id"]),
            names=(pair["workers"][0]["worker"], pair["workers"][1]["worker"]),
            tasks=pair["tasks"],
            percent=round(100 * pair["percent_agreement"]),
            kappa=Interval.of(pair["cohen_kappa"]),
        )
        for pair in defined[:LEAST_SHOWN]
    ]
