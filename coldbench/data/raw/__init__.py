"""Raw files as they are published: folders and zip archives, read safely by exact name."""
