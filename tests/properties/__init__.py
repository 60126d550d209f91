"""What the queue must do, whatever comes in whatever order: held against a plain model of it."""
