"""Judging without Kafka: files and archives, the story of an alert, what other rules would have made."""
