"""Stage 1: the facts of a domain become alerts, subject by subject; a pure fold of one partition."""
