"""A signer for tests."""
