# What others may use; imported on first use.
from .metrics.metric import CONTRACT as CONTRACT
from .metrics.metric import Metric as Metric
from .scores import score as score
