"""POSTs may be retried: the same Idempotency-Key gets the same reply and does the work once."""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from crowd.errors import CrowdError
from crowd.people.authentication import WorkerRequest
from crowd.people.models import StoredReply
from crowd.people.needs import noted
from crowd.people.sealing import Unreadable, opened, sealed
from crowd.people.signals import permission_needed_again

P = ParamSpec("P")
R = TypeVar("R", bound=WorkerRequest)
Handler = Callable[Concatenate[Any, R, P], Response]
MAX_KEY_LENGTH = 200


class IdempotencyKeyReused(CrowdError):
    status, code = 422, "idempotency_key_reused"


class IdempotencyKeyEmpty(CrowdError):
    status, code = 400, "idempotency_key_empty"


class IdempotencyKeyTooLong(CrowdError):
    status, code = 400, "idempotency_key_too_long"


class ReplyLost(CrowdError):
    status, code = 409, "reply_lost"


def idempotent(handler: Handler[R, P]) -> Handler[R, P]:
    """Run the handler and store its reply in one transaction; a retry gets the stored reply.

    Two requests with one key at the same time: the second waits for the first on the unique
    constraint, is rolled back, and answers with what the first stored. A refused request stores
    nothing, so it may be mended and sent again. Who has lost the permission that was needed is
    refused like anybody without it.
    """

    @functools.wraps(handler)
    def run(view: Any, request: R, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not key.strip():
            raise IdempotencyKeyEmpty(_("The Idempotency-Key is empty. Send a new one with each new request."))
        if len(key) > MAX_KEY_LENGTH:
            raise IdempotencyKeyTooLong(_("An Idempotency-Key has at most {n} characters.").format(n=MAX_KEY_LENGTH))
        digest = _request_digest(request)
        try:
            with transaction.atomic():
                return _stored(request, key, digest) or _run_and_store(
                    lambda: handler(view, request, *args, **kwargs), request, key, digest
                )
        except IntegrityError:
            stored = _stored(request, key, digest)
            if stored is None:
                raise
            return stored

    run.idempotent = True  # type: ignore[attr-defined]
    return cast(Handler[R, P], run)


def _run_and_store(run: Callable[[], Response], request: WorkerRequest, key: str, digest: str) -> Response:
    # The row goes in first, so that a second request waits here and not after the work is done
    # twice.
    reply = StoredReply.objects.create(user=request.user, key=key, request_digest=digest, status=0)
    with noted() as needs:
        response = run()
    kept = json.dumps({"data": response.data, "needs": needs}, cls=JSONEncoder)
    body = sealed(kept, _purpose(reply))  # there may be a secret in it
    StoredReply.objects.filter(pk=reply.pk).update(status=response.status_code, body=body)
    return response


def _stored(request: WorkerRequest, key: str, digest: str) -> Response | None:
    reply = StoredReply.objects.filter(user=request.user, key=key).first()
    if reply is None:
        return None
    if reply.request_digest != digest:
        raise IdempotencyKeyReused(_("This Idempotency-Key was used for a different request. Use a new one."))
    return Response(_body(reply), status=reply.status)


def _body(reply: StoredReply) -> Any:
    if not isinstance(reply.body, str):
        return reply.body  # stored by a version that sealed none
    try:
        kept = json.loads(opened(reply.body, _purpose(reply)))
    except Unreadable as error:
        lost = _("This was done, and its reply is lost: the secret key of the server was replaced. See what is there.")
        raise ReplyLost(lost) from error
    for slug, permission in kept["needs"]:
        permission_needed_again.send(StoredReply, user=reply.user, slug=slug, permission=permission)
    return kept["data"]


def _purpose(reply: StoredReply) -> str:
    return f"{reply.user_id} {reply.key}"


def _request_digest(request: WorkerRequest) -> str:
    """What makes two requests the same: method, path with its query, and the body's bytes or its
    parsed parts."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type and request.content_type.startswith("multipart/"):
        for name in sorted(request.FILES):
            _add_file(digest, request.FILES[name])
        digest.update(repr(sorted(request.POST.items())).encode())
    elif _length(request) <= settings.BULK_BODY_MAX_BYTES:
        digest.update(request.body)
    elif isinstance(request.data, File):  # a table, which may be longer than memory
        _add_file(digest, request.data)
    return digest.hexdigest()


def _length(request: WorkerRequest) -> int:
    return int(request.headers.get("Content-Length") or 0)


def _add_file(digest: "hashlib._Hash", file: "File[Any]") -> None:
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
