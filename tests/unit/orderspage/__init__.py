"""The page of orders: its list, what may be done, what one page is told."""
