"""From files to a sound book: sources, lint, cases, pages, the book that a log has adopted."""
