"""The cases that measures count: flat records made of an order, its receivers' lines and its trail."""
