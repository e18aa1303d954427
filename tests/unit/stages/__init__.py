"""What holds for every stage: its rows in the tables, its checkpoint, and that it is pure."""
