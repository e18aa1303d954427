"""The measures of work as data, and how they are read: conditions in `conditions.toml`, measures in the other files."""
