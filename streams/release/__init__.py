"""What leaves the system as a table: de-identified, of a level of its own, for whom that level is, and told on its cover."""
