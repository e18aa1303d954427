"""Alerts and incidents as documents of other systems."""
