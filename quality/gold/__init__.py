"""Right answers: given, from tables, decided or promoted; doubted, taught and withdrawn."""
