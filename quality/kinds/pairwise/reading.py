"""The items of a project's tasks, read from the rows."""

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from crowd.projects.models import Project
from quality.kinds.matrix import Ints
from quality.kinds.pairwise.items import SIDES
from quality.kinds.pairwise.pairs import Pairs
from tasks.models import Task

FEW = 5_000
"""Tasks that are asked for by key; of more all of the project are gone through."""
AT_ONCE = 20_000


def read_pairs(project: Project, task_ids: Ints) -> Pairs:
    """The two items of each of these tasks, whose keys are in order."""
    tasks = Task.objects.for_project(project)
    if len(task_ids) <= FEW:
        tasks = Task.objects.filter(pk__in=task_ids.tolist())
    names = [KeyTextTransform("id", KeyTransform(side, "data")) for side in SIDES]
    rows = tasks.order_by().values_list("pk", *names).iterator(chunk_size=AT_ONCE)
    one, other = [""] * len(task_ids), [""] * len(task_ids)
    place_of = {key: place for place, key in enumerate(task_ids.tolist())}
    for key, a, b in rows:
        place = place_of.get(key)
        if place is not None:
            one[place], other[place] = str(a), str(b)
    return Pairs.of(one, other)
