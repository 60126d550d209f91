"""What workers do with an assignment: answer it, take the answer back, or skip it."""
