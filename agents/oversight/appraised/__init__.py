"""What stands beside the figures of a log: units against their kind, objections, indexes. Pure."""
