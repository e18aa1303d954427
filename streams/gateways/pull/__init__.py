"""What is fetched from others' systems: rows of a database (前置库), pages of an HTTP service; and how far that has come."""
