"""Film titles as MovieLens writes them: `Toy Story (1995)`."""

import re

__all__ = ["split_year"]

YEAR = re.compile(r"^(.*?)\s*\((\d{4})(?:-\d{0,4})?\)\s*$", re.ASCII | re.DOTALL)


def split_year(title: str) -> tuple[str, str]:
    """The title without its year, and the year, "" when it has none."""
    match = YEAR.match(title)
    return (match[1], match[2]) if match else (title.strip(), "")
