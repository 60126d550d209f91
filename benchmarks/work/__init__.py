"""What handing out work costs: pairs of lease and submit a second, beside bare views, under fire
and at size."""
