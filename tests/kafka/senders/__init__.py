"""Programs of others that send to the gateways."""
