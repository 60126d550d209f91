"""`manage.py verify_consensus`: prove that the labels are what the answers say, to the last bit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crowd.errors import CrowdError
from crowd.projects.models import Project
from quality.refresh.verification import cache_differs, differing_labels, mend_labels
from tasks.models import Task

SHOWN = 10
RIGHT = "every label is what the answers say"


class Command(BaseCommand):
    help = "Work out all labels once more from the stored answers, and compare them bit by bit with what is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("projects", nargs="*", metavar="PROJECT", help="slugs; default: all projects")
        parser.add_argument("--mend", action="store_true", help="have what differs worked out again, from the answers")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Project.objects.order_by("slug")
        if options["projects"]:
            wanted = wanted.filter(slug__in=options["projects"])
            if missing := set(options["projects"]) - {project.slug for project in wanted}:
                raise CommandError(f"There is no project {', '.join(sorted(missing))}.")
        wrong = sum(self._verify(project, mend=options["mend"]) for project in wanted)
        if wrong and not options["mend"]:
            raise CommandError(f"{wrong} labels are not what the answers say. With --mend they are worked out again.")

    def _verify(self, project: Project, *, mend: bool) -> int:
        try:
            different = differing_labels(project)
        except CrowdError as error:
            raise CommandError(error.detail) from error
        names = Task.objects.filter(pk__in=different[:SHOWN]).values_list("external_id", flat=True)
        told = f"{len(different)} labels differ: {', '.join(names)}" if different else RIGHT
        self.stdout.write(f"{project.slug}: {told}")
        wrong = len(different) or int(cache_differs(project))
        if wrong and not different:
            self.stdout.write(f"{project.slug}: its blocks of answers are not what the rows say")
        if wrong and mend:
            mend_labels(project)
        return wrong
