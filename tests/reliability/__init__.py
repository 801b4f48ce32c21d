"""Promises under faults: crashes, damage, hostile input, broken plugins, lost machines."""
