"""Half an hour at a steady rate."""
