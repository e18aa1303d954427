"""A machine for pages of figures."""

MACHINE = dict.fromkeys(("date", "processor", "cores", "threads_per_core", "memory_gb", "system", "python", "kafka"), "1")
