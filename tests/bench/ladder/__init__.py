"""What one tree of this project costs beside another, measured so that slow and fast phases of a machine do not matter."""
