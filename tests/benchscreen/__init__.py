"""Speed of the screen: from an event in Kafka to pixels, many viewers, first paint, crowds of points and alerts."""
