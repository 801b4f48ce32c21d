"""Learners after their studies: trained on all ratings, stored, and asked about new users."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
