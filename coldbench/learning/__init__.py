"""The contract of a learner, what it may start from, and how the harness trains and asks it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
