"""The benchmarks: `python -m tests.bench`."""
