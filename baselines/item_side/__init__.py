"""Learners that give an item a vector of its own, and say what a cold item gets in its place."""
