"""What gateways share: what is told of a fact and its place, how much of what is refused, and how all of it is kept."""
