"""Facts that small offices enter by hand (系统补录): two persons, a form made of the data directory, an event of the domain."""
