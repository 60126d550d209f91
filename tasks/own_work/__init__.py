"""What workers see of their own work."""
