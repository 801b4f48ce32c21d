"""Generic plots, as functions that draw when they are called, and one look for all."""
