"""One job, confined, as a record; and the backends that run many, wherever they run."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
