"""Workers' queue states."""

from django.db import models

from crowd.projects.models import Membership
from tasks.models.assignments import Assignment
from tasks.models.responses import Response


class QueueState(models.Model):
    """What the queue remembers of one worker, on one row: nothing is ever counted over a worker's
    history."""

    worker = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE, related_name="queue_state")
    # Purpose → how far through its buckets this worker is (tasks.queue.cursors.Cursor).
    cursors = models.JSONField(default=dict)
    # Tasks of the work, and gold among them, that were leased and that the worker has neither
    # answered nor skipped when last seen: what was let go of them comes again first, in this order.
    # No more than were ever held at once.
    unfinished = models.JSONField(default=list)
    held = models.PositiveIntegerField(default=0)
    leased = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    gold_leased = models.PositiveIntegerField(default=0)
    last_response = models.ForeignKey(
        Response, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    # What the worker skipped last, if nothing was answered since: then that is what may be taken
    # back.
    last_skip = models.ForeignKey(
        Assignment, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    # The limits: answers since midnight UTC of `day`; and until when, in microseconds since 1970,
    # the answers so far take up the allowed pace.
    day = models.DateField(null=True)
    answered_today = models.PositiveIntegerField(default=0)
    paced_until = models.BigIntegerField(default=0)
    # Leases handed back or forgotten: since the last answer, since midnight so many that they count
    # like answers, and ever (tasks.queue.queue_states).
    let_go_in_a_row = models.PositiveIntegerField(default=0)
    let_go_today = models.PositiveIntegerField(default=0)
    let_go = models.PositiveIntegerField(default=0)
    # Before real work: training tasks answered, and the exam.
    trained = models.PositiveSmallIntegerField(default=0)
    exam_attempt = models.PositiveSmallIntegerField(default=0)
    exam_score = models.FloatField(null=True)
    exam_passed_at = models.DateTimeField(null=True)
    exam_again_at = models.DateTimeField(null=True)

    @property
    def last_done(self) -> int | None:
        """The assignment that the worker answered or skipped last."""
        return self.last_skip_id or (self.last_response.assignment_id if self.last_response else None)
