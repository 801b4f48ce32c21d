# What others may use; imported on first use.
from .checking import Verdict as Verdict
from .checking import check as check
from .checking import check_dataset as check_dataset
from .checking import check_learner as check_learner
from .checking import check_metric as check_metric
from .checking import kind_of as kind_of
from .checking import quick_check as quick_check
from .scaffold import create as create
