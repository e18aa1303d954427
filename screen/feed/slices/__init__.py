"""The slices of the View: each kind of record in one place, from its messages to the sections of the pages."""
