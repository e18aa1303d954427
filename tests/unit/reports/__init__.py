"""Reports: what they say, their files, and what cannot be asked."""
