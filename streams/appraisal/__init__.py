"""What people do about the figures of measures: indexes are drafted and adopted, units object, the measuring office answers."""
