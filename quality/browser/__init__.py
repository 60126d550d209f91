"""The tasks of a project with all that is known of them: listed, searched, looked at one by one,
and deleted."""
