"""Is a study whole, of one piece and unedited, and do its runs repeat?"""

from coldbench.study.verification.auditing import audit_config, audit_study
from coldbench.study.verification.checks import Verdict, verify
from coldbench.study.verification.finding import Finding
from coldbench.study.verification.replay import replay

__all__ = ["Finding", "Verdict", "audit_config", "audit_study", "replay", "verify"]
