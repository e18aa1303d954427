"""The evidence case of an alert: made of an opened log, verified by a program that stands alone."""
