"""Tests of facts that are entered by hand (系统补录)."""
