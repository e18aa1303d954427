"""How long records are kept: what the catalogue asks of topics and archive, what is found, refused and deleted."""
