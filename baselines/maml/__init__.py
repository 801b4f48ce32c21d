"""Learners that adapt by gradient steps on the support, from parameters trained as a start."""
