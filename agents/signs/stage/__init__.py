"""What a partition of facts counts for the signs of the city, and what the stage of signs is judged by. Pure."""
