"""What the quality loop is measured on: simulated crowds and public sets, through the service's own
pure functions."""
