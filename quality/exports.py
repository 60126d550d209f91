"""Tables of a project that are streamed as files, in every format there is: one view for all of
them, which each subclass gives its rows."""

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes

from crowd.api import ApiView
from crowd.etags import unless_known
from crowd.people.authentication import WorkerRequest
from crowd.people.models import Scope
from crowd.people.quotas import spend
from crowd.projects.models import Project
from crowd.projects.permissions import Permission, project_for
from quality.formats.columns import Chunk, Layout
from quality.formats.registry import FORMATS
from quality.formats.table_format import TableFormat

ROWS_A_STEP = 500
LONGEST_REST = 0.05  # seconds; a reader may be slow, and is not waited for twice

Row = Mapping[str, Any]
T = TypeVar("T")


class Export(NamedTuple):
    """A table that goes out: its columns, and its rows some at a time."""

    layout: Layout
    steps: Iterable[list[Row]]

    def chunks(self) -> Iterator[Chunk]:
        """The rows for a file of this layout."""
        for step in self.steps:
            yield [[row[name] for row in step] for name in self.layout.types]


class FileSchema(AutoSchema):
    """What the document says of a route that sends a file: in which format."""

    def get_response_serializers(self) -> Any:
        form = cast("TableFileView", self.view).form
        return {(200, form.media_type): OpenApiTypes.STR if form.charset else OpenApiTypes.BINARY, 304: None}


class TableFileView(ApiView):
    """One table of a project, as a file in one format. A subclass describes its `get`, and says
    what `export` and `edition` are."""

    table: ClassVar[str]  # what it holds, as its address and the file's name say it
    scope = Scope.LABELS
    schema = FileSchema()
    form: ClassVar[TableFormat] = FORMATS["csv"]
    media_types = tuple(each.media_type for each in FORMATS.values())

    def export(self, project: Project) -> Export:
        raise NotImplementedError

    def edition(self, project: Project) -> object | None:
        """What is another one whenever the file would be; None where nothing tells."""
        raise NotImplementedError

    def reply(self, request: WorkerRequest, slug: str) -> HttpResponseBase:
        project = project_for(request.user, slug, Permission.READ)
        return unless_known(request, self.edition(project), lambda: self._file(request, project))

    def _file(self, request: WorkerRequest, project: Project) -> HttpResponseBase:
        spend("exports", request.user, project.pk)
        headers = {"Content-Disposition": f'attachment; filename="{project.slug}-{self.table}.{self.form.name}"'}
        return StreamingHttpResponse(self._written(project), content_type=self.form.content_type, headers=headers)

    def _written(self, project: Project) -> Iterator[bytes]:
        """Begun when somebody reads: to know the columns may take long."""
        export = self.export(project)
        yield from self.form.write(export.layout, export.chunks())


def file_routes(view: type[TableFileView]) -> list[URLPattern]:
    """The address of a table in each format."""
    return [
        path(f"{view.table}.{name}", view.as_view(form=each), name=f"{view.table}-{name}")
        for name, each in FORMATS.items()
    ]


def in_steps(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while step := list(islice(rows, ROWS_A_STEP)):
        yield step


def at_leisure(steps: Iterable[list[T]]) -> Iterator[list[T]]:
    """After each step as long is spent doing nothing: whoever else is served by this process goes
    first."""
    steps = iter(steps)
    while True:
        started = time.perf_counter()
        step = next(steps, None)
        if step is None:
            return
        yield step
        time.sleep(min(time.perf_counter() - started, LONGEST_REST))
