"""Learners with a formula for their parameters: means, biases, neighbours, ridge, factors."""
