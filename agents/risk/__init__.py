"""The standing risk watch as a process: it follows a log and tells what it sees as facts of the domain `data`."""
