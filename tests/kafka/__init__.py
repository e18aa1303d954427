"""With a real broker."""
