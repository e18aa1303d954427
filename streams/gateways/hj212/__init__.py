"""HJ 212: frames of pollution sources and air stations, from a file and over TCP."""
