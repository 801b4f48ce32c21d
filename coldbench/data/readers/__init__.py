"""Readers, one raw format a file: raw files to `Ratings`."""
