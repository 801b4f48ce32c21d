"""The command line: commands, one a file, and what they show on the terminal."""
