"""What a fit has stored about the agreement of a project, as programs and pages read it. Nothing is
computed here that grows with the project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.models import Membership, Project
from quality.agreement_report.parts import WORKERS
from quality.charts import Interval
from quality.kinds.protocol import consensus_kind
from quality.labels.summaries import MEASURES, UNMEASURED
from quality.models import Summary

PARTNERS_SHOWN = 5
CLASS_FIGURES = ("fleiss_kappa", "krippendorff_alpha", "answers", "tasks", "agreeing_pairs", "disagreeing_pairs")

Parts = Mapping[str, Any]


def stored_parts(project: Project) -> Parts:
    """What the last fit has found (`quality.agreement_report.parts.measure_parts`); empty before
    the first."""
    parts = Summary.objects.filter(project=project).values_list("agreement_parts", flat=True).first()
    return parts or {}


def class_rows(parts: Parts, names: Sequence[str]) -> list[dict[str, Any]]:
    """One row a class, in the order of the schema, with the classes it is most often mixed up
    with."""
    partners = _partners(parts, len(names))
    # Classes added since the last fit have no figures yet.
    return [
        {
            "class": name,
            **{figure: row[figure] for figure in CLASS_FIGURES},
            "labels": {
                "tasks": row["labelled"],
                "answers": row["answers_to_labelled"],
                "right": row["right_to_labelled"],
            },
            "mixed_up_with": [
                {"class": names[other], "pairs": pairs, "tasks": tasks}
                for other, pairs, tasks in partners[code][:PARTNERS_SHOWN]
            ],
        }
        for code, (name, row) in enumerate(zip(names, parts.get("classes", []), strict=False))
    ]


def _partners(parts: Parts, n_classes: int) -> list[list[tuple[int, int, int]]]:
    """For each class those it is mixed up with, (class, pairs of answers, tasks), the most frequent
    first."""
    partners: list[list[tuple[int, int, int]]] = [[] for _ in range(n_classes)]
    for one, other, pairs, tasks in parts.get("disagreements", []):
        if other < n_classes:  # the higher code of the two
            partners[one].append((other, pairs, tasks))
            partners[other].append((one, pairs, tasks))
    return partners


def pair_rows(parts: Parts, names: Mapping[int, str], worker: int | None = None) -> list[dict[str, Any]]:
    """One row for every two workers that were compared and have a name, or for those of them of
    whom one is `worker`, a membership's key; the two that share most tasks first."""
    rows = [row for row in parts.get("pairs", []) if row[0] in names and row[1] in names]
    if worker is not None:
        rows = [row for row in rows if worker in row[:2]]
    return [
        {
            "workers": [{"id": one, "worker": names[one]}, {"id": other, "worker": names[other]}],
            "tasks": tasks,
            "percent_agreement": same,
            "cohen_kappa": {"value": kappa, "low": low, "high": high},
        }
        for one, other, tasks, same, kappa, low, high in sorted(rows, key=lambda row: (-row[2], *row[:2]))
    ]


def worker_names(project: Project, parts: Parts) -> dict[int, str]:
    """The workers who were compared and are still there, those with most shared tasks first."""
    keys = parts.get("workers", [])[:WORKERS]
    workers = Membership.objects.filter(project=project, pk__in=keys).select_related("user").in_bulk()
    return {key: workers[key].display_name for key in keys if key in workers}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of agreement, and what it says in words."""

    title: str
    meaning: str
    interval: Interval


def measures_of(project: Project, summary: Summary | None) -> list[Measure]:
    """Those that mean something for the project's kind of answer."""
    stored = (summary.agreement if summary else None) or UNMEASURED
    words = {
        "krippendorff_alpha": (
            _("Krippendorff's alpha"),
            _("Agreement beyond chance: 0 is chance, 1 is full, and from 0.8 on it is good."),
        ),
        "fleiss_kappa": (_("Fleiss' kappa"), _("The same with chance from how often each class is chosen.")),
        "gwet_ac1": (_("Gwet's AC1"), _("The same, steady when one class is far more common than the others.")),
        "percent_agreement": (
            _("Percent agreement"),
            _("How often two answers to a task are the same, chance included."),
        ),
    }
    telling = consensus_kind(project).measures
    return [Measure(*words[name], Interval.of(stored[name])) for name in MEASURES if name in telling]
