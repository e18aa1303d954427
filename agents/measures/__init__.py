"""How the alarm system does: what is remembered, what is reckoned from it, and its command."""
