"""What flows: messages, calendar, gateways."""
