"""What accounts tell whoever listens, without knowing who does."""

from django.dispatch import Signal

# Sent inside the transaction, with `user`, when an address is confirmed that was not.
address_confirmed = Signal()
