"""The simulated city with its people, for tests."""
