"""How processes of one machine ask each other: a unix socket, a line a question, and the kernel says who asks."""
