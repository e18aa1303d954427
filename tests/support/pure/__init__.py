"""For the pure tests."""
