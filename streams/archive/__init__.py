"""A log as files, and back."""
