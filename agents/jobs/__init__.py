"""Long work that people ask for from the screen: replays, what-ifs and exports, done one after the other. `docs/jobs.md`."""
