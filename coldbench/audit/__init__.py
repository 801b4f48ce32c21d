"""Does a learner see what it must not? Replays that an honest learner cannot tell apart."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
