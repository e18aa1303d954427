"""Commands and services beside the worker."""
