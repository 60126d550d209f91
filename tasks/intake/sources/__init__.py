"""Where work and answers come from: a module each, and a line in `registry.py`."""
