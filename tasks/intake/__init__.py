"""How work and answers come in: from the API, from tables, from archives of pictures."""
