# What others may use; imported on first use.
