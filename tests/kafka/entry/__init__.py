"""Entry by hand through a broker."""
