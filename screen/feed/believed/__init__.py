"""What a screen believes of what it reads: nothing far beyond its worker, nothing that stands against a seal."""
