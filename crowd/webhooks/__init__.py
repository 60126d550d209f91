"""Webhooks: what happens in a project is told to the programs that asked for it."""
