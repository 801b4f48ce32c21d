"""Tasks that others published, or that the user made: read, kept, and met with the ratings."""
