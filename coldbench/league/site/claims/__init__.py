"""Published claims: what was claimed, and what a stored study answers. No number is typed in."""
