"""Tests of the kinds of orders, as data."""
