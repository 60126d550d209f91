"""How dates and numbers are written on pages: one way for each language."""
