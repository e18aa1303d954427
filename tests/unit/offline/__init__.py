"""Judging without Kafka."""
