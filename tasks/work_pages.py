"""The page that puts tasks before workers."""

from collections.abc import Container
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Membership, Project
from crowd.projects.permissions import Permission, project_for
from tasks.models import Task
from tasks.own_work.api import OwnWorkSerializer
from tasks.own_work.overview import own_work_of, skill_giver
from tasks.queue.shown import shown

SAMPLES = 5  # tasks of a preview
NO_LOT = 0  # of who only looks
# What the queue's script says. Braces are filled in there.
QUEUE_TEXTS = {
    "loading": _("Fetching your next task…"),
    "done": _("{n} done today"),
    "sending": _("{n} being saved"),
    "retrying": _("{n} not saved yet, trying again…"),
    "refused": _("The site did not take your last answer: {detail}"),
    "not_kept": _("That task was closed already: your last answer was not kept."),
    "picture": _("The picture to label"),
    "no_picture": _("The picture did not load. You can skip this task."),
    "zoom_in": _("Look closer"),
    "zoom_out": _("Look from further away"),
    "zoom_fit": _("Show all of the picture"),
    "no_tasks": _("All done for now"),
    "no_tasks_more": _("There is nothing left for you here. New tasks appear by themselves."),
    "quota": _("You hold as many tasks as one may"),
    "quota_more": _("Some are open in another window. Finish them, or wait until they are handed back."),
    "quota_day": _("That is all for today"),
    "quota_day_more": _("This project takes {n} answers a day from each person. You can go on at {time}."),
    "pace": _("A short break"),
    "pace_more": _("You are working faster than this project allows; the next task comes in a moment."),
    "paused": _("You are paused"),
    "paused_more": _("The owner of this project has paused your work."),
    "paused_reason": _("The reason given: {reason}"),
    "paused_link": _("What you can do"),
    "skill": _("You need a skill first"),
    "exam": _("There is no task for you now"),
    "exam_due": _("First, an exam"),
    "exam_due_more": _(
        "It has {tasks} tasks. To pass, answer {percent} of them right; a skipped task counts as wrong."
    ),
    "exam_failed": _("Not passed"),
    "exam_failed_more": _("You reached {score}; {percent} are needed."),
    "exam_again": _("You can try again at {time}."),
    "exam_over": _("There are no attempts left. Ask the owner of the project."),
    "exam_passed": _("Passed"),
    "exam_passed_more": _("You reached {score}. Real work comes now."),
    "exam_attempts": _("Attempts left: {n}"),
    "exam_pause": _("After a failed attempt you can try again in {pause}."),
    "exam_last": _("It is the last attempt: whoever fails it gets no tasks here."),
    "exam_after": _(
        "Then comes an exam of {tasks} tasks. To pass, answer {percent} of them right; a skipped task counts as wrong."
    ),
    "exam_start": _("Begin the exam"),
    "exam_progress": _("Exam: {done} of {of}"),
    "training_due": _("First, a training"),
    "training_due_more": _("It has {tasks} tasks. After each of them you are told the right answer."),
    "training_start": _("Begin the training"),
    "training_progress": _("Training: {done} of {of}"),
    "training_over": _("The training is over. Real work comes now."),
    "checking": _("Looking it up…"),
    "right": _("Right"),
    "wrong": _("Not quite: the right answer is {answer}"),
    "go_on": _("Go on"),
    "taken_back": _("Taken back. Your answer was {answer}: choose again."),
    "skip_taken_back": _("Taken back. You had skipped this task."),
    "skip_closed": _("That task stays skipped: it could not be taken back any more."),
    "undo_closed": _("That answer stands: it could not be taken back any more."),
    "lease_over": _("That task was closed meanwhile. Here is another."),
    "offline": _("The site does not answer"),
    "offline_more": _("Trying again…"),
    "signed_out": _("You are signed out"),
    "sign_in": _("Sign in and go on"),
    "stopped": _("You can't go on here"),
    "reload": _("Load the page again"),
    "kept": _("What is not saved yet is kept in this window and sent afterwards."),
    "preview_answer": _("You answered {answer}. Nothing was stored."),
    "preview_skip": _("Skipped. Nothing was stored."),
    "preview_over": _("That is what workers see"),
    "preview_over_more": _("Only the first tasks are shown here. Workers get theirs in the order you have chosen."),
    "preview_empty": _("No tasks yet"),
    "preview_empty_more": _("Add some, and see here how workers will get them."),
    "preview_again": _("From the beginning"),
}
UNDO_KEY, SKIP_KEY, HELP_KEY = "u", "s", "?"
ZOOM_KEYS = {"+": _("look closer at the picture"), "-": _("look from further away"), "0": _("show all of it again")}


@signed_in
@require_GET
def work(request: PersonRequest, slug: str) -> HttpResponse:
    """The worker's queue, whose script gets the tasks from the API; to those who look after the
    project, a preview."""
    workers = Membership.objects.workers().select_related("project")
    worker = workers.filter(user=request.user, project__slug=slug).first()
    if worker is None:
        project = project_for(request.user, slug, Permission.READ)
        return render(request, "tasks/work.html", {**_queue(project), "samples": _samples(project)})
    own_work = OwnWorkSerializer(own_work_of(worker)).data
    of_worker = {"worker": worker, "own_work": own_work, "skill_giver": skill_giver(worker)}
    return render(request, "tasks/work.html", {**_queue(worker.project), **of_worker})


def _queue(project: Project) -> dict[str, Any]:
    """What the page of the queue is made of, whoever looks at it."""
    kind, schema = kind_of(project), project.schema
    keys = kind.keys(schema)
    control = {
        "input": f"kinds/{schema['type']}/input.html",
        "script": f"kinds/{schema['type']}/control.js",
        "schema": kind.asked(schema),
        "keys": keys,
    }
    return {"project": project, "control": control, **_keys_left(keys), "texts": QUEUE_TEXTS}


def _samples(project: Project) -> list[dict[str, Any]]:
    """The first tasks as a worker would get them, but for the lease."""
    tasks = Task.objects.for_project(project).filter(has_content=True).order_by("pk")[:SAMPLES]
    return [
        shown(
            task,
            kind_of(project).presented(task.data, NO_LOT),
            reverse("task-image", args=(project.slug, task.external_id)),
        )
        for task in tasks
    ]


def _keys_left(taken: Container[str]) -> dict[str, Any]:
    """The keys of what is no answer; a key that answers does only that."""
    return {
        "undo_key": "⌫" if UNDO_KEY in taken else UNDO_KEY,
        "skip_key": "" if SKIP_KEY in taken else SKIP_KEY,
        "help_key": "" if HELP_KEY in taken else HELP_KEY,
        "zoom_keys": {key: text for key, text in ZOOM_KEYS.items() if key not in taken},
    }
