"""Text that a command makes: on the screen, or in UTF-8 into a file."""

from pathlib import Path

import click

__all__ = ["give"]


def give(text: str, out: Path | None) -> None:
    """Prints the text, or writes it and prints where; raises StoreError where it cannot."""
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
    except OSError as error:
        from coldbench.errors import StoreError

        raise StoreError(f"cannot write {out}: {error.strerror or error}") from None
    click.echo(out)
