"""What is answered to requests that never reach the site, in the words of the site: RFC 9457
problems."""

import json
from http import HTTPStatus

from django.utils.translation import gettext as _
from gunicorn.http import errors as http

from crowd.errors import PROBLEM_TYPE, problem

LONGEST_LINE = 8190  # the most that gunicorn reads


class Refused(Exception):
    """The request is answered unread, and the connection ends."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail

    def reply(self) -> bytes:
        """The whole answer, as it goes out."""
        body = json.dumps(problem(status=self.status, code=self.code, detail=self.detail)).encode()
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\nConnection: close\r\n"
            f"Content-Type: {PROBLEM_TYPE}\r\nContent-Length: {len(body)}\r\nCache-Control: no-store\r\n\r\n"
        )
        return head.encode() + body


def malformed(error: Exception) -> Refused:
    """Why the head of a request was not understood."""
    if isinstance(error, http.LimitRequestLine):
        detail = _("The address may have at most {n} characters. Send long values in the body.")
        return Refused(414, "uri_too_long", detail.format(n=LONGEST_LINE))
    if isinstance(error, http.LimitRequestHeaders):
        return Refused(431, "headers_too_large", _("The headers are too long or too many. Send fewer cookies."))
    if isinstance(error, http.UnsupportedTransferCoding):
        return Refused(501, "unsupported_transfer_coding", _("Send the body as it is, with a Content-Length."))
    if isinstance(error, http.ExpectationFailed):
        return Refused(417, "expectation_failed", _("The only expectation that is met is 100-continue."))
    return Refused(400, "bad_request", _("The request could not be understood."))


def in_chunks() -> Refused:
    return Refused(411, "length_required", _("Send the body with a Content-Length, not in chunks."))


def too_large(most: int) -> Refused:
    detail = _("The body may have at most {n} bytes. Send it in parts.").format(n=most)
    return Refused(413, "too_large", detail)


def unknown_sender() -> Refused:
    return Refused(401, "not_authenticated", _("Sign in, or send an API key, before you send as much as this."))


def too_slow() -> Refused:
    return Refused(408, "too_slow", _("The request took too long to arrive. Send it again."))


def no_room() -> Refused:
    return Refused(507, "storage_full", _("There is no room to keep the request. Try again later."))


def failed() -> Refused:
    return Refused(500, "server_error", _("Something went wrong on our side."))
