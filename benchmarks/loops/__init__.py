"""Each learner once more as anyone would write it: one user after the other, with autograd.

A loop trains and predicts the same network as the learner that it is made from, and takes the
same steps; `benchmarks.contest` refuses to time a loop whose predictions differ.
"""
