"""What is asked of learners: protocols split ratings into tasks, and tasks become episodes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
