"""Behind a sign of the city: the sources of a district, and the records of one of them."""
