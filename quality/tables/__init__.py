"""Tables that come in and go out: votes, known answers and labels as CSV, JSON lines or Parquet,
whatever the kind."""
