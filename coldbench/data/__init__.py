"""Ratings and where they come from: raw files and frames in, dense read-only arrays out, cached."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
