"""What the roots of a log sign: drafts, the file that goes from root to root, what a part of the system may. Pure."""
