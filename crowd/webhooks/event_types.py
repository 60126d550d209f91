"""The kinds of events, each with the sentence that tells an owner when it happens. A new kind is a
line here."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_TYPES: dict[str, Promise] = {
    "label.settled": _("A task has a label that is sure enough."),
    "label.reopened": _("A task had a label that was sure enough, and it is not any more."),
    "task.disputed": _("A task has used up its answers and is still unsure."),
    "task.exhausted": _("Everybody who may answer a task has answered or skipped it, and it still lacks answers."),
    "import.done": _("A file was read to its end, or could not be read."),
    "refresh.done": _("Labels that somebody asked to have worked out are there, or could not be worked out."),
    "worker.suspended": _("A worker was paused because the answers show that they are unreliable."),
    "project.quiet": _("There are open tasks, and for a while nobody has answered."),
    # Subscribed to already, as the public contract has it; sent once there are releases.
    "release.created": _("A release of the dataset was made."),
}

PING = "ping"  # sent by the button that tries a webhook out, and never subscribed to
