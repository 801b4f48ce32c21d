"""Learners by family, one folder each; beside the folders lies what several families share."""
