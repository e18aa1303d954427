"""The other pages, and what holds of all."""
