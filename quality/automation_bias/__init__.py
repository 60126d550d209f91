"""How far workers follow a model that they are shown (automation bias)."""
