"""Setting a device's clock by a signed order."""
