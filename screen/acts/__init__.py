"""What people do: requests of pages, and the commands that they become."""
