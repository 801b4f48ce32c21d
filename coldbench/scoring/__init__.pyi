# What others may use; imported on first use.
from .criterion import criterion_of as criterion_of
from .metrics.installed import installed as installed
from .metrics.installed import own_metrics as own_metrics
from .metrics.metric import CONTRACT as CONTRACT
from .metrics.metric import STARS as STARS
from .metrics.metric import Metric as Metric
from .rows import ScoreRow as ScoreRow
from .scores import score as score
