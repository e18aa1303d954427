"""Pages' own logic."""
