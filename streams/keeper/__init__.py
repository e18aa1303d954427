"""The keeper of keys: a process of its own that seals texts of people, opens them, and forgets them."""
