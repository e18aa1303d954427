"""CloudEvents and foreign documents over HTTP, from the senders that a register names."""
