"""Audit, measures, notifications, jobs."""
