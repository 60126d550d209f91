"""What is promised though a process, the database, the broker or a clock fails. `python -m
benchmarks.drills` repeats each failure many times."""
