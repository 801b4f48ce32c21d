"""The embedded data set: ratings drawn from a stated latent model."""
