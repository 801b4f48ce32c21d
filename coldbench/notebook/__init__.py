"""Studies in Python and notebooks: a league, comparisons, figures and reports, made when asked."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
