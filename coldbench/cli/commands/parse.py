"""Command-line texts to values; what cannot be parsed is refused with the reason."""

from typing import Any

import click

__all__ = ["many", "names", "numbers", "seeds", "settings", "shard"]


def names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str] | None:
    return None if value is None else [name.strip() for name in value.split(",") if name.strip()]


def many(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> list[str]:
    """A repeatable option whose values may be lists themselves."""
    return [name for text in value for name in names(ctx, param, text) or []]


def numbers(ctx: click.Context, param: click.Parameter, value: str | None) -> list[int] | None:
    texts = names(ctx, param, value)
    try:
        return None if texts is None else [int(text) for text in texts]
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a list of whole numbers") from None


def seeds(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    values = numbers(ctx, param, value)
    listed = value is not None and "," in value
    return values if values is None or listed or len(values) != 1 else values[0]


def shard(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int]:
    part, slash, parts = (value or "1/1").partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise click.BadParameter(f"{value!r}: write K/N with K from 1 to N, such as 3/10")
    return int(part), int(parts)


def settings(texts: tuple[str, ...], scheduler: str | None) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping, which also holds the scheduler's address."""
    chosen = {} if scheduler is None else {"scheduler": scheduler}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{text!r}: write it as NAME=VALUE", param_hint="--engine")
        chosen[name] = value
    return chosen
