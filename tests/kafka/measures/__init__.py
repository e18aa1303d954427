"""Measures kept by processes, through a broker of their own."""
