"""Real workers."""
