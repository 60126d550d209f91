"""What tasks tells whoever listens, without knowing who does."""

from django.dispatch import Signal

# Sent inside the transaction, with `project` and `answers` ({task id: (answer, explanation)}), when right answers come
# with the tasks. Receivers return the ids of the tasks whose gold they changed.
gold_given = Signal()

# Sent after the commit, with `project_id`, when answers arrived. Nothing depends on it: it only saves a wait.
answers_arrived = Signal()
