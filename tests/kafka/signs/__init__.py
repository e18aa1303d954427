"""Broker, topics, clock, archive."""
