"""Simulated crowds: workers of known skill that answer through the public API, as people do."""
