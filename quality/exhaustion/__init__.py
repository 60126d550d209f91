"""Tasks that nobody is left to answer."""
