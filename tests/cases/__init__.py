"""The rules' own cases."""
