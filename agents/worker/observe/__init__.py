"""How the worker is seen from outside: health, metrics, logs, heartbeats."""
