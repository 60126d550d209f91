"""Who may work in a project: addresses, and domains whose every address may."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from rest_framework import serializers

from crowd.errors import CrowdError
from crowd.projects.models import Project

MAX_ENTRIES = 10_000


class NotAllowed(CrowdError):
    status, code = 409, "not_allowed"


class AllowedField(serializers.CharField):
    """An e-mail address, or a domain as "@example.org"; in lower case, as accounts have theirs."""

    def to_internal_value(self, data: Any) -> str:
        entry = super().to_internal_value(data).lower()
        try:
            # An asterisk is legal in an address, and never meant as one.
            validate_email(f"anybody{entry}" if entry.startswith("@") else entry.replace("*", " "))
        except ValidationError as error:
            message = _("{entry} is neither an e-mail address nor a domain such as @example.org.").format(entry=entry)
            raise serializers.ValidationError(message, code="not_an_address") from error
        return entry


class AllowListField(serializers.ListField):
    """Each once, in the order given. A bad entry is named by its place."""

    child = AllowedField(max_length=254)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


def allows(entries: Iterable[str], email: str) -> bool:
    """Whether a list admits this address. An empty list admits everybody; a domain is not its
    subdomains."""
    allowed = set(entries)
    address = email.lower()
    return not allowed or address in allowed or "@" + address.rpartition("@")[2] in allowed


def refuse_unless_listed(project: Project, email: str) -> None:
    """Raises NotAllowed."""
    if not allows(project.allow_list, email):
        raise NotAllowed(
            _("{email} is not on the list of those who may work in this project. Ask its owner.").format(email=email)
        )
