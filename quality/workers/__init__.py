"""How far each worker can be trusted, and what is done about it."""
