"""How many signs of many districts: what they weigh, and how long a minute of them takes."""
