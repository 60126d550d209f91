"""Tables of votes, among them the answers as the service sends them: what does not count there is
left out."""

from dataclasses import replace

import numpy as np

from quality.tables.cells import truths
from quality.tables.columns import Columns, Table
from quality.tables.reading import read_table
from quality.tables.writing import print_note

VOIDED, COUNTED = MARKS = ("voided", "counted")
RECEIVED = "received_at"


def read_votes(path: str, columns: Columns, *, form: str | None = None) -> Table:
    """The `columns` of a file of votes, but for rows that it calls `voided` or not `counted`; how
    many these are is said on standard error. Raises BadFile."""
    marked = replace(
        columns,
        optional=(*columns.optional, *MARKS),
        blank=(*columns.blank, *MARKS),
        truths=(*columns.truths, *MARKS),
    )
    return _without_skipped(read_table(path, marked, form=form))


def _without_skipped(table: Table) -> Table:
    skipped = np.zeros(len(table), dtype=bool)
    counts = []
    for mark, says_so in ((VOIDED, True), (COUNTED, False)):
        if mark in table.columns:
            newly = ~skipped & (truths(table, mark, where_empty=not says_so) == says_so)
            skipped |= newly
            counts.append(int(np.count_nonzero(newly)))
    votes = Table(table.name, {n: c for n, c in table.columns.items() if n not in MARKS}, table.lines)
    if not skipped.any():
        return votes
    voided, uncounted = counts if len(counts) == len(MARKS) else (*counts, 0)
    print_note(f"{table.name}: left out {voided} voided and {uncounted} uncounted votes")
    return votes.where(np.flatnonzero(~skipped))


def in_order_of_time(table: Table) -> Table:
    """The rows by when they were received, where the table says so of all of them; else in the
    order of the file. All moments are of one zone."""
    received = table.columns.get(RECEIVED)
    if received is None or not all(received.names):
        return table
    moments = [moment.removesuffix("Z") for moment in received.names]  # of seconds without a fraction, too
    rank = np.empty(len(moments), dtype=np.int64)
    rank[sorted(range(len(moments)), key=moments.__getitem__)] = np.arange(len(moments))
    return table.where(np.argsort(rank[received.codes], kind="stable"))
