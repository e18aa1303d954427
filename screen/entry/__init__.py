"""The page on which small offices enter facts by hand: forms, and what waits for a second person."""
