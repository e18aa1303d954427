"""What special equipment judges."""
