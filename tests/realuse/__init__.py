"""The real use: files of others through import, gateways, worker and archive, and a second computation beside it."""
