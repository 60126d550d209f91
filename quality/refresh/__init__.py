"""When labels are worked out: at once for what is new, from the beginning now and then, and on
request."""
