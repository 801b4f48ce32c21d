"""What a report is about, one file a topic."""
