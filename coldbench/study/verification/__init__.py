"""Is a study whole, of one piece and unedited, and do its runs repeat?"""

from coldbench.study.verification.checks import Verdict, verify
from coldbench.study.verification.finding import Finding
from coldbench.study.verification.replay import replay

__all__ = ["Finding", "Verdict", "replay", "verify"]
