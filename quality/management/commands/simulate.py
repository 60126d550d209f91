"""`manage.py simulate`: a crowd of known skill answers a project through the public API of the
running site."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crowd.people.models import ApiKey
from crowd.projects.answer_kinds import Answer, InvalidAnswer, parsed
from crowd.projects.models import Project, Role
from quality.demo import SLUG, demo_of
from quality.formats import csv_tables
from quality.kinds.protocol import consensus_kind
from quality.simulation.client import ApiFailure
from quality.simulation.driver import DOMAIN, Plan, run
from quality.simulation.outcome import Found, Labels, found_of, labels_of
from quality.simulation.profiles import PROFILES
from quality.simulation.workers import DEFAULT_CROWD, counted_profiles, crowd
from tasks.models import Task

SAID_EVERY = 2.0  # seconds
INTERRUPTED = 130  # the exit status that shells give to what Ctrl-C ended


class Command(BaseCommand):
    help = "Have simulated workers of known skill label a project of the running site, and say what came out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        profiles = "; ".join(f"{name}: {profile.meaning}" for name, profile in PROFILES.items())
        parser.add_argument("--project", default=SLUG, help="default: the demo project of digits")
        parser.add_argument(
            "--truth", type=Path, metavar="CSV", help="task,label: needed for projects that are no demo"
        )
        parser.add_argument(
            "--crowd",
            nargs="+",
            default=list(DEFAULT_CROWD),
            metavar="PROFILE[:N]",
            help=f"one worker of each profile, or N: good:8 poisoner:2. {profiles}",
        )
        parser.add_argument("--answers", type=int, metavar="N", help="answers a worker gives at most")
        parser.add_argument("--pace", type=float, default=0.5, help="mean seconds an answer; 0 is as fast as it goes")
        parser.add_argument("--seed", type=int, default=0, help="the same seed, the same answers to the same tasks")
        parser.add_argument("--url", default=f"http://{settings.HOST}:{settings.PORT}", help="where the site runs")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            answers = consensus_kind(project).simulated(project.schema)
            workers = crowd(counted_profiles(options["crowd"]), answers, options["seed"])
        except ValueError as error:
            raise CommandError(f"--crowd: {error}") from error
        if options["pace"] < 0:
            raise CommandError("--pace: seconds can't be below 0")
        truths = self._truths(project, options["truth"])
        plan = Plan(project=project, url=options["url"], truth=truths, pace=options["pace"], most=options["answers"])
        self.stdout.write(f"{len(workers)} workers answer {project.slug} at {plan.url} (Ctrl-C stops)")
        try:
            tallies = run(plan, workers, self._progress())
            labels = self._labels(plan)
        except ApiFailure as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was answered stays.", returncode=INTERRUPTED) from None
        found = found_of(project, tallies)
        self.stdout.write("\n" + "\n".join([*worker_lines(found), "", *outcome_lines(labels, found)]))

    @staticmethod
    def _truths(project: Project, path: Path | None) -> dict[str, Answer]:
        """The right answer to every task that may be handed out. Raises CommandError before
        anything is touched."""
        demo = demo_of(project)
        if path is None and demo is None:
            raise CommandError("--truth is needed: a CSV of task and label, gold included.")
        try:
            labels = read_truth(path) if path else demo.truth() if demo else {}
        except (OSError, ValueError) as error:
            raise CommandError(f"--truth: {error}") from error
        tasks = Task.objects.for_project(project).filter(has_content=True)
        truths = {task.external_id: _parsed(labels.get(task.external_id), task, project) for task in tasks.iterator()}
        unknown = [task for task, answer in truths.items() if answer is None]
        if unknown:
            raise CommandError(f"--truth has no answer to {len(unknown)} tasks, such as {unknown[0]}.")
        return truths

    def _progress(self) -> Callable[[], None]:
        numbers, said = count(1), [time.monotonic(), 0.0]

        def on_answer() -> None:
            number, now = next(numbers), time.monotonic()
            if now - said[0] < SAID_EVERY:
                return
            rate = (number - said[1]) / (now - said[0])
            said[:] = [now, number]
            self.stdout.write(f"{number:,} answers, {rate:.0f} a second")
            self.stdout.flush()

        return on_answer

    def _labels(self, plan: Plan) -> Labels:
        owner = plan.project.memberships.filter(role=Role.OWNER).select_related("user").first()
        if owner is None or owner.user is None:
            raise CommandError("The project has no owner.")
        key, secret = ApiKey.objects.create_key(user=owner.user, name=DOMAIN, days=1)
        try:
            return labels_of(plan, secret)
        finally:
            key.delete()


def _parsed(label: Any, task: Task, project: Project) -> Answer | None:
    try:
        return None if label is None else parsed(label, project, task)
    except InvalidAnswer:
        return None


def read_truth(path: Path) -> dict[str, str]:
    """Labels by task. Raises OSError; ValueError if a column is missing, or what can't be read."""
    with path.open("rb") as file:
        rows = [row for _line, row in csv_tables.read(file, ("task", "label"))]
    if missing := {"task", "label"} - set(rows[0] if rows else ()):
        raise ValueError(f"{path} has no column {', '.join(sorted(missing))}")
    return {row["task"]: row["label"] for row in rows}


def worker_lines(found: Sequence[Found]) -> list[str]:
    """A table of the workers: what they did, and what is believed of them."""
    width = max((len(each.tally.worker.name) for each in found), default=0) + 2
    lines = [f"{'worker':<{width}}{'answers':>8}{'right':>7}   {'believed to be right':<21} found"]
    for each in found:
        tally = each.tally
        right = f"{tally.right / tally.answered:.2f}" if tally.answered else "-"
        believed = "{:.2f} ({:.2f} to {:.2f})".format(*each.believed) if each.believed else "-"
        words = [*(["paused"] if each.paused else []), *([each.verdict] if each.verdict else []), *each.flags]
        words = list(dict.fromkeys(words))
        lines.append(
            f"{tally.worker.name:<{width}}{tally.answered:>8}{right:>7}   {believed:<21} {', '.join(words)}".rstrip()
        )
    return lines


def _beside(labels: Labels) -> str:
    """What more there is to say of how right labels are."""
    if labels.majority is not None:
        return f"; majority vote on the same answers: {labels.majority:.1%}"
    return f", with a score of {labels.score:.3f} on average"


def outcome_lines(labels: Labels, found: Sequence[Found]) -> list[str]:
    """How good the labels are, what they cost, and whom the site came to suspect."""
    if not any(each.tally.answered for each in found):
        return [
            "Nobody found anything to do: all tasks have the answers they need. Add tasks, or ask for more answers."
        ]
    lines = [
        f"Of {labels.tasks} labels, {labels.consensus:.1%} are right{_beside(labels)}",
        f"{labels.answers:.2f} answers a task",
    ]
    for title, honest in (("dishonest", False), ("honest", True)):
        some = [each for each in found if each.tally.worker.honest == honest]
        if some:
            flagged, paused = sum(bool(each.flags) for each in some), sum(each.paused for each in some)
            lines.append(f"Of {len(some)} {title} workers, {flagged} are flagged and {paused} paused")
    return lines
