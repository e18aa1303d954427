"""What judging gives."""
