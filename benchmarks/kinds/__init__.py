"""Recorded votes of each kind of answer through the service: a module a kind."""
