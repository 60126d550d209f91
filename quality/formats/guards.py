"""The apostrophe that keeps a spreadsheet from running a cell as a formula."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def guarded(text: str) -> str:
    """What begins as a formula does gets an apostrophe in front; plain numbers do not.

    So does what has apostrophes before such a beginning: `unguarded` gives every text back as it
    was.
    """
    if not text.lstrip(GUARD).startswith(FORMULA_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return f"{GUARD}{text}"
    return text


def unguarded(cell: str) -> str:
    """The text that was `guarded` or `kept_apart`, or that a spreadsheet shows for such a cell."""
    return cell[len(GUARD) :] if _is_guarded(cell) else cell


def kept_apart(text: str) -> str:
    """For tables that programs read: only a text that would be taken for a guarded cell gets an
    apostrophe, so that it is read back as it is."""
    return f"{GUARD}{text}" if _is_guarded(text) else text


def _is_guarded(cell: str) -> bool:
    return cell.startswith(GUARD) and cell.lstrip(GUARD).startswith(FORMULA_STARTS)
