# What others may use; imported on first use.
from .asking import Labels as Labels
from .exporting import export_predictions as export_predictions
from .model import Model as Model
from .model import open_model as open_model
from .store import ModelFolder as ModelFolder
from .store import ModelRecord as ModelRecord
from .store import SeedRecord as SeedRecord
from .tables import read_frame as read_frame
from .tables import write_frames as write_frames
from .training import Step as Step
from .training import TrainingProgress as TrainingProgress
from .training import train_model as train_model
