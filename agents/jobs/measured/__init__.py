"""Work that asks the oversight service: the cases behind a figure as files."""
