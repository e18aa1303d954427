"""Who may come in: accounts, sessions, sign-in, the check before every route."""
