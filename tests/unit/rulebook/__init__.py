"""From files to a sound book."""
