"""Pages, as Django's test client sees them; `tests/journeys` looks at them in a real browser."""
