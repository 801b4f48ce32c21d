"""The neural network trained jointly, without meta-learning: what the others have to beat."""
