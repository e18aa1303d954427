"""The signer: a process of its own that knows who is signed in, and signs what they do into an opened log."""
