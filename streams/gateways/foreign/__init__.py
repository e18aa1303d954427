"""The engine that makes events of what foreign systems send, JSON or XML, by mappings that are data. Pure: no I/O, no clock."""
