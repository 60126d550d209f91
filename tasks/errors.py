"""What can go wrong for someone who works, or brings work in."""

from crowd.errors import CrowdError


class TaskNotFound(CrowdError):
    status, code = 404, "task_not_found"


class AssignmentNotFound(CrowdError):
    status, code = 404, "assignment_not_found"


class AssignmentClosed(CrowdError):
    """The assignment was answered, skipped, or its task was answered by this worker in another
    way."""

    status, code = 409, "assignment_closed"


class InvalidFile(CrowdError):
    """The file is not what it should be; `errors` names the lines or members at fault. Nothing was
    stored."""

    status, code = 400, "invalid_file"


class InvalidPicture(CrowdError):
    status, code = 400, "invalid_picture"


class InvalidTasks(CrowdError):
    status, code = 400, "invalid_tasks"


class AnswersInUse(CrowdError):
    """Answers refer to what a task's data were; `errors` names the tasks."""

    status, code = 409, "answers_in_use"


class RepeatedVotes(CrowdError):
    status, code = 400, "repeated_votes"


class UnsupportedFormat(CrowdError):
    status, code = 400, "unsupported_format"


class NoImage(CrowdError):
    status, code = 404, "no_image"


class UndoClosed(CrowdError):
    """It is not what the worker did last, or too long ago, to be taken back."""

    status, code = 409, "undo_closed"
