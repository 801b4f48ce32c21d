"""The family of a learner: the package of its code, as the documentation groups them."""

from coldbench import registry

__all__ = ["family_of", "meta_learner"]

META_LEARNED = frozenset({"maml", "amortised", "mamo"})  # trained on episodes of users
OF_ITEMS = frozenset({"metaemb", "mwuf"})  # trained on items as if they were new


def family_of(base: str) -> str:
    """`closed form`, `maml`, ...; the name of its package for another package's learner, `other`
    for one that is not registered here."""
    plugin = registry.plugins("learner").get(base)
    if plugin is None:
        return "other"
    if plugin.package != "coldbench":
        return plugin.package
    return plugin.target.partition(":")[0].rpartition(".")[0].rpartition(".")[2].replace("_", " ")


def meta_learner(base: str) -> bool:
    """Whether it is one of our meta-learners, by how it is trained: on episodes of users, or on
    items as if they were new; of another package's nothing is known."""
    return family_of(base) in META_LEARNED or base in OF_ITEMS
