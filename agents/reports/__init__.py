"""Reports of a day, a month, a unit, an order or an alert; alerts and incidents as documents of other systems."""
