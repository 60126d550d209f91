"""What is to be labelled, and handing it out."""
