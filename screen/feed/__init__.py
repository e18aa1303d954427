"""What the screen knows of a log: one reader's thread, its view, and what goes to the pages."""
