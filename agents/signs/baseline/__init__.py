"""Baselines of signs: what is usual at an hour of a kind of day in a season, over a frozen window that two persons adopt."""
