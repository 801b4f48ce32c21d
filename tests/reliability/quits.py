"""A plugin that ends the process when it is imported."""

raise SystemExit(5)
