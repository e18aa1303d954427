"""Orders in tests: a model of their life, and one written by hand."""
