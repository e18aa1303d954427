"""How sources are run, and what is filed and ordered about it: marks of data, furnaces, orders, reports."""
