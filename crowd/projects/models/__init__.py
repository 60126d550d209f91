"""Projects and who does what in them."""

from crowd.projects.models.admission import Appeal, InviteLink, SkillGrant
from crowd.projects.models.deletion import Deletion
from crowd.projects.models.members import (
    MAX_PAUSE_REASON,
    Membership,
    Role,
    WaitingMember,
)
from crowd.projects.models.projects import MAX_MODEL, MAX_SKILL, OnUnreliable, Order, Project

__all__ = [
    "MAX_MODEL",
    "MAX_PAUSE_REASON",
    "MAX_SKILL",
    "Appeal",
    "Deletion",
    "InviteLink",
    "Membership",
    "OnUnreliable",
    "Order",
    "Project",
    "Role",
    "SkillGrant",
    "WaitingMember",
]
