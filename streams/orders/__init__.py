"""Orders: the kinds that there are, each a folder of data. Both sides read these files and no others; `kind` is pure."""
