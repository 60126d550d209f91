"""Projects and who does what in them."""

from datetime import timedelta
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.errors import CrowdError
from crowd.people.models import User
from crowd.projects.schema import Schema, class_names

POLICY_FIELDS = (
    "method",
    "min_responses",
    "max_responses",
    "target_confidence",
    "gold_rate",
    "lease_seconds",
    "order",
    "open_leases",
    "responses_per_day",
    "responses_per_minute",
    "undo_seconds",
    "training_tasks",
    "exam_tasks",
    "exam_score",
    "exam_attempts",
    "exam_cooldown_seconds",
    "required_skill",
    "granted_skill",
    "on_unreliable",
    "quiet_hours",
    "prelabels_vote",
    "show_prelabels",
    "blind_share",
)

MAX_SKILL = 80 + len("/") + 80
MAX_PAUSE_REASON = 1000


class ProjectNotFound(CrowdError):
    status, code = 404, "project_not_found"


class RoleRequired(CrowdError):
    status, code = 403, "role_required"


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("owner")
    MANAGER = "manager", gettext_lazy("manager")
    REVIEWER = "reviewer", gettext_lazy("reviewer")
    WORKER = "worker", gettext_lazy("worker")


OWNERS = frozenset({Role.OWNER})
MANAGERS = frozenset({Role.OWNER, Role.MANAGER})
REVIEWERS = frozenset({Role.OWNER, Role.MANAGER, Role.REVIEWER})
WORKERS = frozenset({Role.WORKER})
EVERYBODY = frozenset(Role)


class Order(models.TextChoices):
    """Which task comes next."""

    PRIORITY = "priority", gettext_lazy("by priority, and what is begun before what is not")
    DEPTH = "depth", gettext_lazy("finish what is begun")
    BREADTH = "breadth", gettext_lazy("one answer for every task first")
    UNCERTAINTY = "uncertainty", gettext_lazy("the least sure first")
    RANDOM = "random", gettext_lazy("at random")


class OnUnreliable(models.TextChoices):
    """What happens to a worker whose answers to gold show that they are unreliable."""

    FLAG = "flag", gettext_lazy("say so, and leave it to the managers")
    PAUSE = "pause", gettext_lazy("pause the worker")
    VOID = "void", gettext_lazy("pause the worker, and have the tasks answered again by others")


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> "ProjectQuerySet":
        """The projects a person is a member of; a superuser sees all."""
        return self if user.is_superuser else self.filter(memberships__user=user)


class Project(models.Model):
    """What is to be labelled, by whom, and how sure it must be."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    schema = models.JSONField()
    method = models.CharField(max_length=40, default="auto")
    min_responses = models.PositiveSmallIntegerField(default=3)
    max_responses = models.PositiveSmallIntegerField(default=5)
    target_confidence = models.FloatField(default=0.95)
    gold_rate = models.FloatField(default=0.1)
    lease_seconds = models.PositiveIntegerField(default=900)
    order = models.CharField(max_length=12, choices=Order.choices, default=Order.PRIORITY)
    # The order that the tasks are ranked by now: a job brings it after the one that is wished.
    ranked_order = models.CharField(max_length=12, choices=Order.choices, default=Order.PRIORITY)
    # Set while a job ranks the tasks. In the past, it was killed, and the tasks stand in two orders at once.
    ranking_until = models.DateTimeField(null=True)
    # What one worker may do. Null is no limit.
    open_leases = models.PositiveSmallIntegerField(default=50)
    responses_per_day = models.PositiveIntegerField(null=True)
    responses_per_minute = models.PositiveIntegerField(null=True)
    undo_seconds = models.PositiveIntegerField(default=120)
    # What a worker has to do before real work. 0 is nothing.
    training_tasks = models.PositiveSmallIntegerField(default=0)
    exam_tasks = models.PositiveSmallIntegerField(default=0)
    exam_score = models.FloatField(default=0.8)
    exam_attempts = models.PositiveSmallIntegerField(default=3)
    exam_cooldown_seconds = models.PositiveIntegerField(default=3600)
    # One project grants by a bare name what another requires by its full name, "slug/name". Empty is none.
    required_skill = models.CharField(max_length=MAX_SKILL, blank=True, default="")
    granted_skill = models.CharField(max_length=80, blank=True, default="")
    on_unreliable = models.CharField(max_length=8, choices=OnUnreliable.choices, default=OnUnreliable.PAUSE)
    # After so many hours without an answer somebody is told. Null is never.
    quiet_hours = models.PositiveIntegerField(null=True, default=24)
    # What models predict: whether it counts as a vote, whether workers are shown it, and for which share of the tasks
    # they are not, so that it can be seen how far they follow it.
    prelabels_vote = models.BooleanField(default=True)
    show_prelabels = models.BooleanField(default=False)
    blind_share = models.FloatField(default=0.2)
    # Addresses and domains, in lower case, of those who may join as workers. Empty is everybody.
    allow_list = models.JSONField(default=list)
    # Rises with every change that may change labels without a new answer, so that consensus is worked out again.
    policy_revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_responses__lte=F("max_responses")), name="min_not_above_max_responses"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def class_names(self) -> list[str]:
        return class_names(cast(Schema, self.schema))

    @property
    def full_granted_skill(self) -> str:
        """The skill it grants, by the name that other projects require it by. Slugs hold no slash."""
        return f"{self.slug}/{self.granted_skill}" if self.granted_skill else ""

    @property
    def policy(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in POLICY_FIELDS}


class MembershipQuerySet(models.QuerySet["Membership"]):
    def workers(self) -> "MembershipQuerySet":
        return self.filter(role=Role.WORKER)


class Membership(models.Model):
    """A person's part in a project. With role worker it is *the worker*, who may also be an imported voter: a name
    without an account, whose answers were gathered elsewhere."""

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


class SkillGrantQuerySet(models.QuerySet["SkillGrant"]):
    def standing(self) -> "SkillGrantQuerySet":
        return self.filter(revoked_at=None)

    def held(self, user: User | int | OuterRef, name: str | OuterRef) -> "SkillGrantQuerySet":
        """The standing grant of this skill to this person; with OuterRefs, for an Exists in a bigger query."""
        return self.standing().filter(user=user, name=name)


class SkillGrant(models.Model):
    """A person has shown a skill. It outlives the membership and the project that it was shown in."""

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


def role_of(user: User, project: Project) -> Role | None:
    """What this person is in the project, a superuser without a membership being as good as its owner."""
    role = project.memberships.filter(user=user).values_list("role", flat=True).first()
    return Role(role) if role else Role.OWNER if user.is_superuser else None


def project_for(user: User, slug: str, roles: frozenset[Role]) -> Project:
    """The project, if this person has one of these roles in it. To outsiders it does not exist.

    Raises ProjectNotFound, RoleRequired.
    """
    project = Project.objects.filter(slug=slug).first()
    role = role_of(user, project) if project else None
    if project is None or role is None:
        raise ProjectNotFound(_("There is no project {slug}, or you are not a member of it.").format(slug=slug))
    if role not in roles:
        names = ", ".join(name for name in Role if name in roles)
        raise RoleRequired(_("This needs one of these roles in the project: {roles}.").format(roles=names))
    return project


def worker_for(user: User, slug: str) -> Membership:
    """This person as a worker of the project. Raises ProjectNotFound, RoleRequired."""
    workers = Membership.objects.workers().select_related("project")
    worker = workers.filter(user=user, project__slug=slug).first()
    return worker or workers.get(user=user, project=project_for(user, slug, WORKERS))
