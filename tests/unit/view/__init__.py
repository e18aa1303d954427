"""What the screen knows of a log."""
