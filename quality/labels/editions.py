"""Which edition of a project's labels and figures there is: who has seen the same one need not read
them again.

Every change of labels, and of what fits find, goes with a change of the summary
(`quality.models.Summary.edition`). New answers change the tasks alone, which are stale until a step
has read them and has then changed the summary: nothing that all answers share is written for this.
"""

from django.db.models import Exists, OuterRef

from crowd.projects.models import Project
from tasks.models import Task


def edition_of_labels(project: Project) -> tuple[object, ...] | None:
    """Another one whenever the labels list would be; None while something new is still to be
    judged."""
    edition, under_way = _newest(project)
    return None if under_way else (*_settings(project), edition)


def edition_of_figures(project: Project) -> tuple[object, ...]:
    """Another one whenever what fits have found about the whole project is."""
    edition, _under_way = _newest(project)
    return (*_settings(project), edition)


def _newest(project: Project) -> tuple[int | None, bool]:
    stale = Exists(Task.objects.filter(project=OuterRef("pk")).stale())
    found = Project.objects.filter(pk=project.pk).values_list("summary__edition", stale).first()
    return found or (None, True)  # it is being deleted


def _settings(project: Project) -> tuple[object, ...]:
    """All that its owner has set, whether it shows or not."""
    return tuple(getattr(project, field.attname) for field in Project._meta.concrete_fields)
