"""The ranking of items: stored by fits, and shown."""
