"""What stage 1 has to do with orders: the ties of its alerts to them, and the matters that open one."""
