"""What every plugin must do, checked and explained, and packages to start one from."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
