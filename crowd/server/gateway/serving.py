"""A whole request answered, by a thread: the site writes its reply into the outbox and never waits
for the client."""

from datetime import datetime
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from gunicorn.http.wsgi import Response, create

from crowd.server.gateway import refusals
from crowd.server.gateway.connection import Connection


def serve(connection: Connection, worker: Any) -> None:
    """Have the site answer; note whether the connection may carry another request."""
    began = datetime.now()
    request, outbox = connection.arrival.request, connection.outbox
    reply, environ = create(request, outbox, connection.peer, connection.server, worker.cfg)
    environ |= {"wsgi.multithread": True, "wsgi.input": connection.arrival.body}
    if not worker.alive or not worker.cfg.keepalive:
        reply.force_close()
    try:
        _write(reply, worker.wsgi(environ, reply.start_response))
        connection.keep = not reply.should_close()
    except ConnectionError:
        worker.log.debug("The client left before its reply to %s", request.path)
    except Exception:
        worker.log.exception("Error handling request %s %s", request.method, request.path)
        if not reply.headers_sent:  # or else, that the reply ends too early is all that can be said
            outbox.sendall(refusals.failed().reply())
    finally:
        worker.log.access(reply, request, environ, datetime.now() - began)


def vouch(connection: Connection, worker: Any) -> bool:
    """Whether the sender of a large body is anybody, as far as the head of the request tells."""
    from crowd.people.credentials import has_credentials  # noqa: PLC0415 - gunicorn loads this before the site

    request = connection.arrival.request
    _reply, environ = create(request, connection.outbox, connection.peer, connection.server, worker.cfg)
    try:
        return has_credentials(WSGIRequest(environ))
    finally:
        close_old_connections()


def _write(reply: Response, parts: Any) -> None:
    try:
        for part in parts:
            reply.write(part)
        reply.close()
    finally:
        if hasattr(parts, "close"):
            parts.close()
