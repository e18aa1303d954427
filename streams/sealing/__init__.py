"""How a text of a person is sealed: bytes in, bytes out. Who has the keys is the keeper's business (`streams.keeper`)."""
