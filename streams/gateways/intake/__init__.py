"""What gateways share on the way to the spool: how it is kept, how much is told of what is refused, and how that is told."""
