"""The queue: who may answer which task, and until when."""
