"""MAMO: memory-augmented meta-optimisation (Dong, Yuan, Yao, Xu, Zhu; KDD 2020), in batches."""
