"""Setting one device's clock by a signed order, and by nothing else (生态环境监测条例, 国务院令第820号, 25)."""
