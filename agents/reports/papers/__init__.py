"""What a report says: figures, tables, charts and words, whatever file it goes into."""
