# What others may use; imported on first use.
from .audited import Audit as Audit
from .audited import Leak as Leak
from .auditing import audit_job as audit_job
from .auditing import findings_of as findings_of
from .rooms import Rooms as Rooms
