"""What the audit trail keeps of signing in and out."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from crowd.people.models import User, audit


def signed_in(sender: Any, user: User, **_kwargs: Any) -> None:
    audit(user, "account.signed_in", user.email)


def signed_out(sender: Any, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        audit(user, "account.signed_out", user.email)


def refused(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """The same for an address without an account: so that the reply takes as long."""
    audit(None, "account.sign_in_refused", str(credentials.get("email", "")).lower()[:300])


def follow() -> None:
    user_logged_in.connect(signed_in, dispatch_uid="crowd.people.signed_in")
    user_logged_out.connect(signed_out, dispatch_uid="crowd.people.signed_out")
    user_login_failed.connect(refused, dispatch_uid="crowd.people.refused")
