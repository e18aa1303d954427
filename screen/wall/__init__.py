"""What the wall shows: figures, panels, the map."""
