"""Running the whole service on one machine: broker, web site, jobs and clock, as processes that end
together."""
