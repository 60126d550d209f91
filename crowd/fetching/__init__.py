"""Requests to addresses that users give: nothing else of the service connects to the world."""
