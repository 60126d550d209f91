"""Which edition of a project's answers there is."""

from django.db.models import Max, Sum

from crowd.projects.models import Project
from quality.labels.editions import edition_of_labels
from tasks.models import QueueState


def edition_of_responses(project: Project) -> tuple[object, ...] | None:
    """Another one whenever the list of answers would be; None while something new is still to be
    judged.

    Every answer that counts changes labels' edition. Of surplus ones only the queue states of their
    workers tell, which are as many as the workers are.
    """
    edition = edition_of_labels(project)
    if edition is None:
        return None
    states = QueueState.objects.filter(worker__project=project)
    told = states.aggregate(newest=Max("last_response_id"), answered=Sum("answered"))
    return (*edition, told["newest"], told["answered"])
