"""Notices of alerts to people: who is on duty, which channel gets what, what is owed, and how it is sent."""
