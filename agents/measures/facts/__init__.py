"""Facts of the log as cases that measures count."""
