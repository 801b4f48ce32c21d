"""Predictions beside the ratings that they were made for: every metric in every scenario."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
