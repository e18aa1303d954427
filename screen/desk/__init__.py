"""What the desk shows: its list, the story of an alert, what stands around it."""
