"""The embedded data set: ratings drawn from a stated latent model, so the best MAE is known.

`latent.py` states the model, `activity.py` who rates what and when.
"""

from typing import Any, ClassVar

from coldbench.data.dataset import Dataset, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.synthetic.options import SyntheticOptions

__all__ = ["Synthetic"]


class Synthetic(Dataset):
    """Films and viewers that never were, shaped like MovieLens-1M."""

    Config = SyntheticOptions
    summary: ClassVar[str] = "embedded: generated in seconds from a known model, with its oracle"
    licence: ClassVar[str] = "CC0-1.0 (made by coldbench)"
    source: ClassVar[str] = "generated; see coldbench/data/synthetic/latent.py"
    config: SyntheticOptions

    def __init__(self, config: Any) -> None:
        super().__init__(config)

    def key(self) -> str:
        return content_key("synthetic", self.config.model_dump(), {})

    def load(self) -> Ratings:
        from coldbench.data.synthetic.latent import draw

        return draw(self.config, self.licence)
