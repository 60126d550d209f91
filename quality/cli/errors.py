"""The one error that ends a command: something in a file or a path that the caller can mend."""


class BadFile(Exception):
    """What is wrong with a file, and on which line if on one: `votes.csv:17: the label is empty`."""

    def __init__(self, name: str, problem: str, *, line: int | None = None) -> None:
        place = name if line is None else f"{name}:{line}"
        super().__init__(f"{place}: {problem}")

    @classmethod
    def from_os_error(cls, name: str, error: OSError) -> "BadFile":
        return cls(name, (error.strerror or str(error)).lower())
