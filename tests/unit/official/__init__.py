"""Tests of orders as an official would hold them to the law, and as users of other systems were hurt."""
