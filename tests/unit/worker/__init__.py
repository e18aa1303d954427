"""The worker without Kafka."""
