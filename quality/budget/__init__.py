"""What answers cost, what was saved, and what another policy would have cost."""
