"""Keys on a machine: the only files of this package."""
