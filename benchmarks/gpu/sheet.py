"""Results as lines of JSON, each written as soon as it is known."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Sheet"]


class Sheet:
    """A file of one record a line; `rows` holds them as well."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows, self.lock = path, list[Mapping[str, Any]](), threading.Lock()
        path.write_text("", "utf-8")

    def add(self, row: Mapping[str, Any]) -> None:
        """Appends a record; threads take turns."""
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            self.rows.append(row)
            file.write(json.dumps(row) + "\n")
