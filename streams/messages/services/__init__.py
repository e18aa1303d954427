"""What the services beside judging write."""
