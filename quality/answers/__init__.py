"""From the rows of answers to arrays: what a method is told, and what is kept so that a fit need
not read every row."""
