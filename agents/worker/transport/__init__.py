"""How records reach the worker: Faust's consumer, fetches in lists, connections."""
