"""The apostrophe that keeps a spreadsheet from running a cell as a formula, as the service writes
it into its files."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def unguarded(cell: str) -> str:
    """The cell without the apostrophe in front, if what follows begins as a formula does."""
    return cell[len(GUARD) :] if is_guarded(cell) else cell


def kept_apart(text: str) -> str:
    """A text that would be read as a guarded cell gets one more apostrophe, so that it is read back
    as it is."""
    return f"{GUARD}{text}" if is_guarded(text) else text


def is_guarded(cell: str) -> bool:
    return cell.startswith(GUARD) and cell.lstrip(GUARD).startswith(FORMULA_STARTS)
