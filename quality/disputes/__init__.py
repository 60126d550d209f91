"""What answers leave unsure, and what reviewers decide."""
