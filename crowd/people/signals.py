"""What accounts tell whoever listens, without knowing who does."""

from django.dispatch import Signal

# Sent inside the transaction, with `user`, when an address is confirmed that was not.
address_confirmed = Signal()

# Sent with `user`, `slug` and `permission` before a kept reply is given again. Whoever listens
# raises what a person is told who has this permission in the project no longer.
permission_needed_again = Signal()
