"""Answers that are not honest, each flag with what speaks for it."""
