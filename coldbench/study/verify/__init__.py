"""Is a study whole, of one piece and unedited, and do its runs repeat?"""

from coldbench.verify.checks import Verdict, verify
from coldbench.verify.finding import Finding
from coldbench.verify.replay import replay

__all__ = ["Finding", "Verdict", "replay", "verify"]
