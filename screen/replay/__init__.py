"""The page of replay: jobs and their files."""
