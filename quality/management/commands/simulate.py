"""`manage.py simulate`: a crowd of known skill answers a project through the public API of the running site."""

import csv
from argparse import ArgumentParser
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crowd.people.models import ApiKey
from crowd.projects.models import Project, Role
from quality.demo import SLUG, truth
from quality.models import WorkerScore
from quality.simulation.client import ApiFailure
from quality.simulation.driver import DOMAIN, Plan, Tally, accuracy, run
from quality.simulation.workers import DEFAULT_CROWD, KINDS, crowd


class Command(BaseCommand):
    help = "Have simulated workers of known skill label a project of the running site, and say what came out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", default=SLUG, help="default: the demo project")
        parser.add_argument("--truth", type=Path, metavar="CSV", help="task,label: needed for any other project")
        parser.add_argument(
            "--crowd",
            nargs="+",
            choices=list(KINDS),
            default=list(DEFAULT_CROWD),
            metavar="KIND",
            help=f"one worker each: {', '.join(KINDS)}",
        )
        parser.add_argument("--answers", type=int, metavar="N", help="answers a worker gives at most")
        parser.add_argument("--pace", type=float, default=0.5, help="mean seconds an answer; 0 is as fast as it goes")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--url", default=f"http://{settings.HOST}:{settings.PORT}", help="where the site runs")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        truths = truth() if options["truth"] is None else self._read_truth(options["truth"])
        plan = Plan(
            project=project,
            url=options["url"],
            truth=truths,
            pace=options["pace"],
            most=options["answers"],
            seed=options["seed"],
        )
        workers = crowd(options["crowd"], len(project.class_names))
        self.stdout.write(f"{len(workers)} workers answer {project.slug} at {plan.url} (Ctrl-C stops)")
        try:
            tallies = run(plan, workers, self._progress())
            self._report(plan, tallies)
        except ApiFailure as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _read_truth(path: Path) -> dict[str, str]:
        with path.open(newline="") as file:
            return {row["task"]: row["label"] for row in csv.DictReader(file)}

    def _progress(self) -> Any:
        numbers = count(1)

        def on_answer() -> None:
            number = next(numbers)
            if number % 50 == 0:
                self.stdout.write(f"{number} answers")
                self.stdout.flush()

        return on_answer

    def _report(self, plan: Plan, tallies: list[Tally]) -> None:
        owner = plan.project.memberships.filter(role=Role.OWNER).select_related("user").first()
        if owner is None or owner.user is None:
            raise CommandError("The project has no owner.")
        key, secret = ApiKey.objects.create_key(user=owner.user, name=DOMAIN, days=1)
        try:
            result = accuracy(plan.project, plan.truth, key=secret, url=plan.url)
        finally:
            key.delete()
        scores = {
            score.worker.display_name: score
            for score in WorkerScore.objects.filter(worker__project=plan.project).select_related("worker__user")
        }
        self.stdout.write(f"\n{'worker':<12}{'answers':>8}{'right':>8}   believed to be right")
        for tally in tallies:
            score = scores.get(f"{tally.worker.name}@{DOMAIN}")
            right = f"{tally.right / tally.answered:.2f}" if tally.answered else "-"
            believed = (
                f"{score.reliability:.2f} ({score.reliability_low:.2f} to {score.reliability_high:.2f})"
                if score
                else "-"
            )
            self.stdout.write(f"{tally.worker.name:<12}{tally.answered:>8}{right:>8}   {believed}")
        self.stdout.write(
            f"\nOf {result['tasks']:.0f} labels, {result['consensus']:.1%} are right; "
            f"majority vote on the same answers: {result['majority']:.1%}"
        )
