"""What all commands may be told about their output: nothing but results, or JSON."""

from typing import Any

import click

__all__ = ["json_option", "quiet_option", "write_json"]

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON instead; see the page on commands."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print results only, no progress.")


def write_json(value: Any) -> None:
    """On standard output; what is not a finite number is null."""
    from pydantic_core import to_json

    text = to_json(value, indent=1, inf_nan_mode="null", fallback=_plain)
    click.echo(text.decode())


def _plain(value: Any) -> Any:
    """Numbers and arrays of NumPy as those of Python, anything else as text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
