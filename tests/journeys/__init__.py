"""The real server, with all its processes, used by a program and by a browser."""
