"""Projects and who does what in them."""

from crowd.projects.models.access import (
    ProjectNotFound,
    RoleRequired,
    may_make_projects,
    project_for,
    role_of,
    worker_for,
)
from crowd.projects.models.admission import Appeal, InviteLink, SkillGrant
from crowd.projects.models.deletion import Deletion
from crowd.projects.models.members import (
    EVERYBODY,
    MANAGERS,
    MAX_PAUSE_REASON,
    OWNERS,
    REVIEWERS,
    WORKERS,
    Membership,
    Role,
    WaitingMember,
    handlers_of,
)
from crowd.projects.models.projects import MAX_MODEL, MAX_SKILL, POLICY_FIELDS, OnUnreliable, Order, Project

__all__ = [
    "EVERYBODY",
    "MANAGERS",
    "MAX_MODEL",
    "MAX_PAUSE_REASON",
    "MAX_SKILL",
    "OWNERS",
    "POLICY_FIELDS",
    "REVIEWERS",
    "WORKERS",
    "Appeal",
    "Deletion",
    "InviteLink",
    "Membership",
    "OnUnreliable",
    "Order",
    "Project",
    "ProjectNotFound",
    "Role",
    "RoleRequired",
    "SkillGrant",
    "WaitingMember",
    "handlers_of",
    "may_make_projects",
    "project_for",
    "role_of",
    "worker_for",
]
