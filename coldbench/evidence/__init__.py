"""Which items a new user should be asked about, and whether asking them helps.

`criterion.py` scores items, `strategies.py` orders questions, `measure.py` compares the orders on
cold users, `write.py` writes evidence.csv.
"""

from coldbench.evidence.measure import Answer, Evidence, measure_evidence
from coldbench.evidence.write import write_evidence

__all__ = ["Answer", "Evidence", "measure_evidence", "write_evidence"]
