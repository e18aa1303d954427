"""What holds for every stage: its checkpoint, and that it is pure."""
