"""Replies that never have a body say no length: on a 304, 0 would be that of what the client has
(RFC 9110, 8.6)."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware

BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class LengthMiddleware(CommonMiddleware):
    """The framework's, which gives every reply its length, those too that may have none."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        if response.status_code in BODILESS:
            del response["Content-Length"]
        return response
