"""One piece of each kind of work that is claimed: how it is asked for, what does it, and what it
leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from crowd.claims import Claimed
from crowd.people import mailing
from crowd.people.models import Mail
from crowd.projects import deletion
from crowd.projects.models import Deletion, Project
from crowd.webhooks.delivering import deliver_due, due_webhooks
from crowd.webhooks.events import record
from crowd.webhooks.models import Webhook
from crowd.webhooks.subscriptions import make_webhook
from quality.browser import deletion as task_deletion
from quality.budget import replays
from quality.class_changes import merging
from quality.exhaustion.sifting import projects_to_sift, sift
from quality.labels.requests import request_refresh
from quality.models import Consensus, Fitting, Judging, Merge, Replay, Sifting, Summary, TaskDeletion, Voiding
from quality.refresh.scheduling import projects_to_refresh, refresh_if_due
from quality.workers import voiding
from tasks.intake import imports
from tasks.intake.turns import next_imports
from tasks.models import Import, Reordering, Response, Task
from tasks.queue.reordering import projects_to_reorder, reorder_tasks
from tests.cast import Api, worker_of


@dataclass(frozen=True, slots=True)
class Work:
    """`ask` prepares it and returns the key of what is claimed; `sweep` finds what nobody is at;
    `run` does it."""

    model: type[Claimed]
    ask: Callable[[Project, Api, Api], Any]
    sweep: Callable[[], list[int]]
    run: Callable[[int], object]
    outcome: Callable[[], object]  # something that differs as soon as the work has stored anything


def _file(project: Project, alice: Api, _bob: Api) -> int:
    file = ContentFile(b"external_id,question\nnew,Which bird?\n", name="tasks.csv")
    return imports.start_import(project=project, actor=alice.user, file=file, table_format="csv").pk


def _order(project: Project, _alice: Api, _bob: Api) -> int:
    Project.objects.filter(pk=project.pk).update(order="random")
    return project.pk


def _policy(project: Project, alice: Api, _bob: Api) -> int:
    votes = "task,worker,answer\n" + "".join(f"t{n},w{n % 3},yes\n" for n in range(30))
    return replays.request_replay(project=project, actor=alice.user, policy={}, votes=votes).pk


def _answers(worker: Api) -> None:
    for lease in worker("POST", "/projects/birds/assignments", {"count": 10}).json()["assignments"]:
        worker("PUT", f"/assignments/{lease['token']}/response", {"answer": "yes"})


def _distrust(project: Project, alice: Api, bob: Api) -> int:
    _answers(bob)
    worker = worker_of(bob, project)
    return Voiding.objects.create(worker=worker, actor=alice.user, action=Voiding.Action.VOID, responses=10).pk


def _news(project: Project, _alice: Api, bob: Api) -> int:
    refresh_if_due(project.pk)
    Summary.objects.filter(project=project).update(rests_until=timezone.now() + timedelta(hours=1))
    _answers(bob)
    return project.pk


def _wish(project: Project, _alice: Api, bob: Api) -> int:
    _answers(bob)
    refresh_if_due(project.pk)
    Summary.objects.filter(project=project).update(method="", rests_until=None)
    request_refresh(project)
    return project.pk


def _skips(project: Project, _alice: Api, bob: Api) -> int:
    for lease in bob("POST", "/projects/birds/assignments", {"count": 10}).json()["assignments"]:
        bob("POST", f"/assignments/{lease['token']}/skip", {})
    return project.pk


def _event(project: Project, alice: Api, _bob: Api) -> int:
    url = "http://127.0.0.1:9/nobody-listens"  # refused as an address: a delivery that fails is work done, too
    webhook = make_webhook(project=project, actor=alice.user, url=url, kinds=["label.settled"])
    with transaction.atomic():
        record(project, "label.settled", [{"task": "t0", "label": "yes"}])
    return webhook.pk


def _farewell(project: Project, alice: Api, _bob: Api) -> int:
    deletion.delete_project(project=project, actor=alice.user)
    Deletion.objects.update(next_try_at=None)
    return project.pk


def _letter(_project: Project, _alice: Api, bob: Api) -> int:
    return Mail.objects.create(address=bob.user.email, reason=Mail.Reason.RESET).pk


def _synonym(project: Project, alice: Api, bob: Api) -> int:
    classes = [{"name": name} for name in ("yes", "no", "aye")]
    alice("PATCH", "/projects/birds", {"schema": {"type": "choice", "classes": classes}})
    for lease in bob("POST", "/projects/birds/assignments", {"count": 3}).json()["assignments"]:
        bob("PUT", f"/assignments/{lease['token']}/response", {"answer": "aye"})
    return merging.request_merge(project=project, actor=alice.user, names=["aye"], into="yes").pk


def _good_bye(project: Project, alice: Api, _bob: Api) -> int:
    return task_deletion.delete_wanted(project=project, actor=alice.user, asked={}).pk


WORK = [
    Work(Deletion, _farewell, deletion.unfinished, deletion.remove_project, Task.objects.count),
    Work(TaskDeletion, _good_bye, task_deletion.unfinished, task_deletion.carry_out, Task.objects.count),
    Work(Import, _file, lambda: next_imports(10), imports.run_import, Task.objects.count),
    Work(Reordering, _order, projects_to_reorder, reorder_tasks, lambda: Project.objects.get().applied_order),
    Work(Replay, _policy, replays.unfinished, replays.run_replay, lambda: Replay.objects.get().done),
    Work(Merge, _synonym, merging.unfinished, merging.carry_out, Response.objects.filter(answer=2).count),
    Work(Voiding, _distrust, voiding.unfinished, voiding.carry_out, lambda: Response.objects.current().count()),
    Work(Judging, _news, projects_to_refresh, refresh_if_due, Consensus.objects.count),
    Work(Fitting, _wish, projects_to_refresh, refresh_if_due, lambda: Summary.objects.get().method),
    Work(Sifting, _skips, projects_to_sift, sift, Task.objects.filter(is_exhausted=True).count),
    Work(Mail, _letter, mailing.waiting_mails, mailing.send, Mail.objects.filter(sent_at=None).count),
    Work(Webhook, _event, due_webhooks, deliver_due, lambda: Webhook.objects.get().failures),
]
