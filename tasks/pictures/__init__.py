"""Pictures of tasks as they are served."""
