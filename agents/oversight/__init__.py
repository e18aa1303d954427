"""The measures of a log kept as a process, and what may be asked of them (监督一览)."""
