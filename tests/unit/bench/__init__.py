"""The benchmarks by tiny sizes: what they report, and that nothing they measure is refused."""
