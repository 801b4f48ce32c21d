"""Users and items as vectors, learned by sampling or by gradients: Bayesian and asymmetric SVD."""
