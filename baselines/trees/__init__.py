"""Learners that boost decision trees on content and statistics of the support."""
