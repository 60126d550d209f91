"""The answers themselves, as programs take them with them."""
