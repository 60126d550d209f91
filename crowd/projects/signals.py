"""What projects tell whoever listens, without knowing who does."""

from django.dispatch import Signal

# Sent inside the transaction, with `worker_id`, when a member is paused.
member_paused = Signal()
