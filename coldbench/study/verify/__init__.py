"""Is a study whole, of one piece and unedited, and do its runs repeat?"""

from coldbench.study.verify.checks import Verdict, verify
from coldbench.study.verify.finding import Finding
from coldbench.study.verify.replay import replay

__all__ = ["Finding", "Verdict", "replay", "verify"]
