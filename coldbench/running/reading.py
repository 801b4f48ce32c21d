"""Which parts of the content a learner looks at: seen in its run, since nobody declares it."""

from dataclasses import dataclass, field, replace

from coldbench.data import Catalogue, Ratings

__all__ = ["WatchedCatalogue", "seen_through", "watched"]

CONTENT = ("user_fields", "item_fields", "item_title")


@dataclass(frozen=True, eq=False)
class WatchedCatalogue(Catalogue):
    """A catalogue that notes in `seen` which parts of CONTENT were asked for."""

    seen: set[str] = field(default_factory=set)

    def __getattribute__(self, name: str) -> object:
        if name in CONTENT:
            object.__getattribute__(self, "seen").add(name)
        return object.__getattribute__(self, name)


def watched(ratings: Ratings) -> tuple[Ratings, WatchedCatalogue]:
    """The same ratings with a watched catalogue, which has seen nothing yet."""
    own = ratings.catalogue
    catalogue = WatchedCatalogue(
        own.n_users, own.n_items, own.user_fields, own.item_fields, own.item_title
    )
    return seen_through(ratings, catalogue), catalogue


def seen_through(ratings: Ratings, catalogue: WatchedCatalogue) -> Ratings:
    """Ratings with a watched catalogue; making them looks at all of it, which does not count."""
    known = set(catalogue.seen)
    same = replace(ratings, catalogue=catalogue)
    catalogue.seen.intersection_update(known)
    return same
