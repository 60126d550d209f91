"""Projects: what is to be labelled, by whom, and how sure it must be."""
