"""The frame around every page: its policy, style and script, and the way to the other pages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from coldbench.report.formats import html

__all__ = ["PAGES", "Frame"]

TEMPLATES = Path(__file__).parent / "templates"
REPORT = Path(html.__file__).parent / "templates"
PAGES = {
    "index.html": "Answer",
    "league.html": "League",
    "datasets.html": "Data sets",
    "learners.html": "Learners",
    "claims.html": "Published claims",
    "entries.html": "Join",
    "changes.html": "What changed",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """docs, code: addresses of the documentation and of the repository's files, from the root of
    the site or absolute, each ending in a slash; `` where there is none."""

    docs: str = ""
    code: str = ""

    def links(self, root: str) -> list[tuple[str, str]]:
        """(text, address) of the main pages, from a page whose way to the root is `root`."""
        found = [(text, f"{root}{page}") for page, text in PAGES.items()]
        docs = self.to(self.docs, root, "index.html")
        return [*found, ("Documentation", docs)] if docs else found

    def to(self, base: str, root: str, file: str) -> str:
        """A file of the documentation or repository, from such a page; `` where there is none."""
        if not base:
            return ""
        return f"{base}{file}" if "://" in base else f"{root}{base}{file}"

    def page(self, template: str, place: str, title: str, **given: object) -> str:
        """HTML of the page at `place`, from the root."""
        root = "../" * place.count("/")
        style, script = _style(), _asset("site.js")
        text = (
            _environment()
            .get_template(template)
            .render(
                title=title,
                here=PAGES.get(place, ""),
                root=root,
                links=self.links(root),
                policy=html.policy(style, script),
                style=Markup(style),
                script=Markup(script),
                frame=self,
                **given,
            )
        )
        return text.strip() + "\n"


@cache
def _environment() -> Environment:
    """That of the report, with the templates of the site before its own."""
    loader = ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(REPORT)])
    return html.environment().overlay(loader=loader)


@cache
def _style() -> str:
    return (REPORT / "report.css").read_text("utf-8") + _asset("site.css")


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")
