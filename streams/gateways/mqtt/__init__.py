"""What devices publish at an MQTT broker, CloudEvents and foreign documents, by a register of sources."""
