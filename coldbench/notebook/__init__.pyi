# What others may use; imported on first use.
from .comparison import Comparison as Comparison
from .figures import Figures as Figures
from .league import League as League
from .opened import Study as Study
from .opened import open_study as open_study
from .opened import run_study as run_study
