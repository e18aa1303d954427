"""Pure tests: no broker, no browser."""
