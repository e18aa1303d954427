"""For tests with a browser."""
