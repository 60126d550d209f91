"""Deleting a project: it is out of everybody's sight at once, and removed by a job in steps that
make nobody wait.

What belongs to a project is found by the models' own relations, so that a new table goes with the
others. Every statement names a few hundred rows; a step that was killed has done all or nothing,
and the next begins where it was.
"""

import logging
import time
from collections.abc import Iterator, Set
from datetime import timedelta
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Now
from django.utils import timezone

from crowd.claims import Claim, Claimed
from crowd.people.models import User, audit
from crowd.projects.models import Deletion, InviteLink, Membership, Project, Role, WaitingMember

log = logging.getLogger(__name__)

Model = type[models.Model]

GRACE = timedelta(seconds=2)  # in which requests end that were on their way when the project was deleted
STEP, LEAST, MOST = 200, 10, 4000  # rows that a step removes, with all that hangs on them
SLOW, QUICK = 0.3, 0.1  # seconds of a step, beyond which the next is smaller or larger
FOUND = 20_000  # keys that are looked up together: each look goes past all that was just removed
PAUSE = 0.5  # of a step's time, in which others write: SQLite has no queue of those who wait for its one lock
TOLD_EVERY = 5.0  # seconds
NEVER = timedelta(days=36_500)


def delete_project(*, project: Project, actor: User) -> None:
    """Take a project out of everybody's sight, and have it removed. Its slug is free again; there
    is no way back."""
    with transaction.atomic():
        if not Project.objects.filter(pk=project.pk).update(slug=f"~{project.pk}", deleted_at=Now()):
            return  # somebody else was quicker
        audit(actor, "project.deleted", project.slug, name=project.name)
        Deletion.objects.create(project=project, slug=project.slug, actor=actor, next_try_at=Now() + GRACE)
    _shut_out(project.pk)


@transaction.atomic
def _shut_out(project_id: int) -> None:
    """Nobody is a member any more, whatever leads there: tokens of leases, links, lists. A
    transaction of its own: who answers has a lock on the membership, and may wait for one on the
    project."""
    people = Membership.objects.filter(project=project_id, user__isnull=False)
    nobody = Concat(Value("~deleted~"), Cast("pk", models.CharField()))
    people.update(user=None, name=nobody, role=Role.WORKER)
    InviteLink.objects.filter(project=project_id).delete()
    WaitingMember.objects.filter(project=project_id).delete()


def unfinished() -> list[int]:
    """Deletions that nobody is at."""
    return list(Deletion.objects.free_the_dead().free().order_by("pk").values_list("pk", flat=True))


def remove_project(project_id: int) -> None:
    """Remove what is left of a deleted project, unless another job is at it."""
    with Deletion.objects.claim(project_id) as claim:
        if claim is None:
            return
        _shut_out(project_id)
        _stop_work(project_id)
        told = time.monotonic()
        for _step in _steps(claim):
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                log.info("Deleting %s: %s rows so far", claim.row.slug, f"{claim.row.rows:,}")
        _say_goodbye(claim)


def _stop_work(project_id: int) -> None:
    """Take away what jobs are at in this project: they stop with their next step, and nobody begins
    anew."""
    for model, path in owned(Project):
        if issubclass(model, Claimed) and model is not Deletion:
            stopped = {"holder": "", "claimed_until": None, "next_try_at": Now() + NEVER}
            model._base_manager.filter(**{path: project_id}).update(**stopped)


def _steps(claim: Claim[Deletion]) -> Iterator[int]:
    """Remove all that belongs to the project; after each step, how many rows that were."""
    size, empty = STEP, _without_rows(claim.row.pk)
    for model, path in owned(Project):
        if model is Deletion or "__" in path:
            continue
        if model is Membership:
            _clean_up()
        while keys := list(model._base_manager.filter(**{path: claim.row.pk}).values_list("pk", flat=True)[:FOUND]):
            while keys:
                started = time.monotonic()
                some, keys = keys[:size], keys[size:]
                yield _step(claim, model, some, empty)
                took = time.monotonic() - started
                size = max(LEAST, size // 2) if took > SLOW else min(MOST, size * 2) if took < QUICK else size
                if connection.vendor == "sqlite":
                    time.sleep(PAUSE * took)


def _without_rows(project_id: int) -> set[Model]:
    """Models of which nothing belongs to the project: no step asks for them. Should a request that
    was on its way bring a row of one, the step that leaves it out fails, and the next try asks."""
    kept: dict[Model, bool] = {}
    for model, path in owned(Project):
        kept[model] = kept.get(model, False) or model._base_manager.filter(**{path: project_id}).exists()
    return {model for model, has_rows in kept.items() if not has_rows}


@transaction.atomic
def _step(claim: Claim[Deletion], model: Model, keys: list[Any], empty: set[Model]) -> int:
    names = _files(model, keys)
    removed = remove_rows(model, {"pk__in": keys}, empty)
    claim.row.rows += removed
    claim.progress(rows=claim.row.rows)
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
    return removed


def _files(model: Model, keys: list[Any]) -> list[str]:
    fields = [field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
    rows = model._base_manager.filter(pk__in=keys).values_list(*fields) if fields else ()
    return [name for row in rows for name in row if name]


def remove_rows(model: Model, condition: dict[str, Any], empty: Set[Model] = frozenset()) -> int:
    """Remove rows, after those that hang on them, but for models that have none."""
    removed = 0
    for relation in _relations(model):
        child: Any = relation.related_model
        if child in empty:
            continue
        theirs = {f"{relation.field.name}__{lookup}": value for lookup, value in condition.items()}
        if relation.on_delete in (models.CASCADE, models.RESTRICT, models.PROTECT):
            removed += remove_rows(child, theirs, empty)
        elif relation.field.db_constraint:
            child._base_manager.filter(**theirs).update(**{relation.field.name: None})
    rows: Any = model._base_manager.filter(**condition)
    return removed + int(rows._raw_delete(rows.db) or 0)


@cache
def owned(model: Model, above: tuple[Model, ...] = ()) -> list[tuple[Model, str]]:
    """The models whose rows belong to one of these, each with the path that leads there. Of those
    that belong at once, what others must not lose comes last: by then these are gone."""
    found: list[tuple[Model, str]] = []
    for relation in _relations(model):
        child: Any = relation.related_model
        if relation.on_delete in (models.CASCADE, models.RESTRICT) and child not in (*above, model):
            found.append((child, relation.field.name))
            found += [(other, f"{path}__{relation.field.name}") for other, path in owned(child, (*above, model))]
    return sorted(found, key=lambda each: any(r.on_delete is models.RESTRICT for r in _relations(each[0])))


def _relations(model: type[models.Model]) -> list[Any]:
    """What refers to this model."""
    fields: Any = model._meta.get_fields(include_hidden=True)
    from_others = [each for each in fields if each.auto_created and not each.concrete]
    return [each for each in from_others if each.one_to_many or each.one_to_one]


def _clean_up() -> None:
    """Before memberships go, PostgreSQL looks for leases of each of them through all leases, and
    through what is left of those just removed until that is cleaned up."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {apps.get_model('tasks', 'Assignment')._meta.db_table}")


@transaction.atomic
def _say_goodbye(claim: Claim[Deletion]) -> None:
    claim.renew()
    deletion = claim.row
    seconds = round((timezone.now() - deletion.requested_at).total_seconds(), 1)
    audit(deletion.actor, "project.removed", deletion.slug, rows=deletion.rows, seconds=seconds)
    remove_rows(Project, {"pk": deletion.pk})
