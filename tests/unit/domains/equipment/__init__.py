"""What each domain judges."""
