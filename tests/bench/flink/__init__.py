"""A native peer: six rules of the book in Flink 2 (Java) over the same log, its alerts beside ours one by one."""
