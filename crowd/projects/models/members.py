"""Who does what in a project."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.people.models import User
from crowd.projects.models.projects import Project

MAX_PAUSE_REASON = 1000


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("owner")
    MANAGER = "manager", gettext_lazy("manager")
    REVIEWER = "reviewer", gettext_lazy("reviewer")
    WORKER = "worker", gettext_lazy("worker")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def workers(self) -> "MembershipQuerySet":
        return self.filter(role=Role.WORKER)


class Membership(models.Model):
    """A person's part in a project. With role worker it is *the worker*, who may also be an
    imported voter: a name without an account, whose answers were gathered elsewhere."""

    class Status(models.TextChoices):
        ACTIVE = "active", gettext_lazy("active")
        PAUSED = "paused", gettext_lazy("paused")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="memberships")
    name = models.CharField(max_length=200, null=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    # What the worker is told while paused.
    pause_reason = models.CharField(max_length=MAX_PAUSE_REASON, blank=True, default="")
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(fields=["project", "name"], name="one_imported_voter_per_name"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name__isnull=True)
                | Q(user__isnull=True, name__isnull=False, role="worker"),
                name="a_member_is_a_person_or_an_imported_voter",
            ),
        ]

    @property
    def display_name(self) -> str:
        return self.name if self.user is None else self.user.email  # type: ignore[return-value]


class WaitingMember(models.Model):
    """Somebody who becomes a member as soon as their address is confirmed. Until then this gives
    them nothing."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="waiting_members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="waits_for")
    role = models.CharField(max_length=10, choices=Role.choices)
    added_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")  # null: an operator
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_wait_per_person")]

    @property
    def display_name(self) -> str:
        return self.user.email
