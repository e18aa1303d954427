"""Rules as the fold needs them: their form, what they read, when they are asked, compiled into a book."""
