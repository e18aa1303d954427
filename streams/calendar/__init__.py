"""The working calendar: days that are worked, working time, time limits."""
