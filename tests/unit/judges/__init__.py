"""Stock judges."""
