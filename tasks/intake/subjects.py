"""What answers refer to in the data of their tasks stays as it is while there are answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.projects.answer_kinds import Answer, InvalidAnswer, Subject, kind_of, made_to_fit
from crowd.projects.models import Project
from tasks.errors import AnswersInUse
from tasks.models import PreLabel, Response, Task
from tasks.signals import right_answers


def refuse_other_subjects(project: Project, known: Mapping[str, Task], records: Sequence[Any]) -> None:
    """Tasks that come again with other data than their answers refer to. Those of a task that only
    stood for its votes must fit what it gets now. Raises AnswersInUse."""
    changed = {known[each.external_id].pk: each for each in records if _is_other(project, known, each)}
    if not changed:
        return
    tasks = {task.pk: task for task in known.values() if task.pk in changed}
    regiven = {key for key, record in changed.items() if record.gold is not None}
    used = {key for key, task in tasks.items() if task.has_content and task.leases_live}
    for key, answer in _answers(list(tasks), regiven):
        if tasks[key].has_content or not _fits(answer, project, changed[key]):
            used.add(key)
    places = [place for place, each in enumerate(records) if each.external_id in known]
    faults = [
        {"field": f"tasks.{place}.data", "code": AnswersInUse.code, "detail": _why(project, task)}
        for place in places
        if (task := known[records[place].external_id]).pk in used
    ]
    if faults:
        raise AnswersInUse(str(faults[0]["detail"]), errors=faults)


def _is_other(project: Project, known: Mapping[str, Task], record: Any) -> bool:
    task, names = known.get(record.external_id), kind_of(project).refers_to
    return task is not None and any(task.data.get(name) != record.data.get(name) for name in names)


def _why(project: Project, task: Task) -> str:
    names = ", ".join(kind_of(project).refers_to)
    message = _("Task {task} has answers, which refer to its {names}: add a new task instead.")
    return str(message.format(task=task.external_id[:100], names=names))


def _fits(answer: Answer, project: Project, subject: Subject) -> bool:
    try:
        made_to_fit(answer, project, subject)
    except InvalidAnswer:
        return False
    return True


def _answers(task_ids: Sequence[int], regiven: set[int]) -> Iterator[tuple[int, Answer]]:
    """Whatever is kept as an answer to these tasks: of workers, of models, and right ones, but for
    gold that is given anew."""
    for batch in batches(sorted(task_ids)):
        yield from Response.objects.filter(task__in=batch, replaced_at=None).values_list("task_id", "answer")
        yield from PreLabel.objects.filter(task__in=batch).values_list("task_id", "prediction")
        for _receiver, found in right_answers.send(sender=Task, task_ids=batch, regiven=regiven):
            yield from cast(list[tuple[int, Answer]], found)
