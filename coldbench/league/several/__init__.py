"""Studies of several data sets: run together, and one league over all of them."""
