"""What the screen knows of enterprises: where organs were, or are to come, and the class that was given them. Pure."""
