"""Answers to labels: read, judged at once, fitted now and then, stored, and proved."""
