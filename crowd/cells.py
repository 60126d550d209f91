"""Text in cells of tables, guarded against spreadsheets that would run it as a formula."""

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


def unguarded(text: str) -> str:
    """The text that was `guarded`, or that a spreadsheet shows for such a cell."""
    is_guarded = text.startswith(GUARD) and text.lstrip(GUARD).startswith(FORMULA_STARTS)
    return text[len(GUARD) :] if is_guarded else text
