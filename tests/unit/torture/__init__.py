"""Tests of what the torture counts."""
