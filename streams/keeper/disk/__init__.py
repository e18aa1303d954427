"""What the keeper has on its disks: keys, pseudonyms, orders, and the key that wraps all keys."""
