"""What ends a command: something in a file, a path or an argument that the caller can mend."""


class Refused(Exception):
    """Told in one line on standard error; the exit status is then 2."""


class BadFile(Refused):
    """What is wrong with a file, and on which line if on one: `votes.csv:17: the label is
    empty`."""

    def __init__(self, name: str, problem: str, *, line: int | None = None) -> None:
        place = name if line is None else f"{name}:{line}"
        super().__init__(f"{place}: {problem}")

    @classmethod
    def from_os_error(cls, name: str, error: OSError) -> "BadFile":
        return cls(name, (error.strerror or str(error)).lower())


class BadArgument(Refused):
    """What is wrong with an argument, or missing: `argument --method: …`, as argparse words it."""

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(f"argument {argument}: {problem}")
