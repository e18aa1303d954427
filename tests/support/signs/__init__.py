"""Logs of which signs are reckoned."""
