"""Events in which every marked field bears a mark, and all that the system puts out of them."""
