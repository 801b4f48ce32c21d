"""Tests of the data sets: readers, archives, cache and the synthetic model."""
