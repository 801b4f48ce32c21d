"""Learners that adapt to a user by a forward pass: a network reads support and query together."""
