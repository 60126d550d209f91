"""How people come to work in a project, and come back to it."""

from django.db import models
from django.db.models import Case, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from crowd.people.models import User
from crowd.projects.models.members import Membership
from crowd.projects.models.projects import MAX_SKILL, Project


class SkillGrantQuerySet(models.QuerySet["SkillGrant"]):
    def standing(self) -> "SkillGrantQuerySet":
        return self.filter(revoked_at=None)

    def held(self, user: User | int | OuterRef, name: str | OuterRef) -> "SkillGrantQuerySet":
        """The standing grant of this skill to this person; with OuterRefs, for an Exists in a
        bigger query."""
        return self.standing().filter(user=user, name=name)


class SkillGrant(models.Model):
    """A person has shown a skill. It outlives the membership and the project that it was shown
    in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=MAX_SKILL)  # in full: "slug/name"
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="skill_grants")
    granted_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    objects = SkillGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=Q(revoked_at=None), name="one_standing_grant_per_skill"
            ),
        ]


class InviteLinkQuerySet(models.QuerySet["InviteLink"]):
    def with_state(self) -> "InviteLinkQuerySet":
        """Each with `state`, by the database's clock."""
        state = Case(
            When(revoked_at__isnull=False, then=Value(InviteLink.State.REVOKED)),
            When(expires_at__lte=Now(), then=Value(InviteLink.State.EXPIRED)),
            When(uses_left=0, then=Value(InviteLink.State.USED_UP)),
            default=Value(InviteLink.State.OPEN),
        )
        return self.annotate(state=state)

    def open(self) -> "InviteLinkQuerySet":
        """Those by which somebody may join now."""
        return self.filter(revoked_at=None, expires_at__gt=Now()).exclude(uses_left=0)

    def standing(self) -> "InviteLinkQuerySet":
        """Those that nobody has revoked, even if they are at their end."""
        return self.with_state().filter(revoked_at=None)


class InviteLink(models.Model):
    """Whoever opens it may join the project as a worker, so long as it is open."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("open")
        EXPIRED = "expired", gettext_lazy("expired")
        USED_UP = "used_up", gettext_lazy("used up")
        REVOKED = "revoked", gettext_lazy("revoked")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invite_links")
    nonce = models.CharField(max_length=32, unique=True)  # the link is this, signed
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    uses_left = models.PositiveIntegerField(null=True)  # null is without limit
    revoked_at = models.DateTimeField(null=True)

    objects = InviteLinkQuerySet.as_manager()


class Appeal(models.Model):
    """What a paused worker says against it, and what the owner replies."""

    worker = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="appeals")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(answered_at=None), name="one_open_appeal_per_worker")
        ]
