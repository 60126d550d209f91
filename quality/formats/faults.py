"""What is wrong with a table that comes in."""


class Unreadable(ValueError):
    """A table that can't be read: on which line, and why.

    problem: a sentence without capital and full stop, that takes `values`; marked by
    `gettext_noop`, so that it may be translated where it is shown. code: the same for programs.
    """

    def __init__(self, line: int, problem: str, code: str = "torn", **values: object) -> None:
        super().__init__(problem.format(**values))
        self.line, self.problem, self.code, self.values = line, problem, code, values


def gettext_noop(text: str) -> str:
    """Marks a text for those who translate, by the name that `makemessages` looks for."""
    return text
