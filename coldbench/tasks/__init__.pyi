# What others may use; imported on first use.
from .devices import to_device as to_device
from .episodes import MAX_TASKS as MAX_TASKS
from .episodes import EpisodeBatch as EpisodeBatch
from .episodes import batches as batches
from .episodes import collate as collate
from .episodes import pools as pools
from .protocols import PROTOCOLS as PROTOCOLS
from .protocols import Protocol as Protocol
from .protocols import Separate as Separate
from .protocols import first_of_each_pair as first_of_each_pair
from .splits import SCENARIOS as SCENARIOS
from .splits import Split as Split
from .splits import Tasks as Tasks
