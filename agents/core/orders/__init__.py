"""Stage 3: what public bodies are told to do, followed to its end; a pure fold of one partition (docs/develop/orders.md)."""
