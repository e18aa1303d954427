"""The files of a report: PDF, tables, text, filing metadata; all of them of the same content."""
