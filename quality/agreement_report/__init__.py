"""Agreement by class, pair of workers and day: stored by fits, and shown."""
