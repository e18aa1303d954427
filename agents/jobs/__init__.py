"""Long work asked from the screen: replays, what-ifs and exports, done one after the other: docs/operate/jobs.md."""
