"""The fold, the life of an alarm, incidents."""
