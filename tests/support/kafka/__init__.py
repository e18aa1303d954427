"""For tests with a broker."""
