"""Progress of a study in a notebook: a bar, and what must be read besides."""

import sys
import warnings
from collections.abc import Sequence
from typing import Any

from coldbench.running import RunRecord
from coldbench.text import display_name

__all__ = ["Bar", "in_notebook"]


def in_notebook() -> bool:
    """Whether this process is a kernel of Jupyter; imports nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def _kind_of_bar() -> Any:
    """A widget where the notebook has widgets, else text, without a complaint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm


class Bar:
    """What `run_study` shows in a notebook where nobody else listens."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._failed = 0

    def start(self, pending: int, stored: int) -> None:
        """A new bar, of the runs to do."""
        self.close()
        self._failed = 0
        if pending:
            bar = _kind_of_bar()
            self._bar = bar(total=pending, desc="runs", unit="run", file=sys.stdout)

    def done(self, record: RunRecord) -> None:
        """One run further; a run that did not finish is said with its reason."""
        name, seed = display_name(record.job.learner), display_name(record.job.seeds.label, 16)
        if record.status != "finished":
            self._failed += 1
            self._bar.write(
                f"{name} seed {seed} {record.status}: {display_name(record.reason, 160)}"
            )
        failed = f", {self._failed} did not finish" if self._failed else ""
        self._bar.set_postfix_str(f"{name} seed {seed}{failed}", refresh=False)
        self._bar.update()
        if self._bar.n >= self._bar.total:
            self.close()

    def said(self, sentences: Sequence[str]) -> None:
        """What the data or the protocol give to think about."""
        for sentence in sentences:
            print(display_name(sentence, 1000))

    def changed(self, learners: Sequence[str]) -> None:
        """Learners whose code is not that of their stored runs."""
        if learners:
            names = ", ".join(display_name(name) for name in learners)
            print(f"The code of {names} has changed since the stored runs, which are kept.")

    def close(self) -> None:
        """Leaves the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
