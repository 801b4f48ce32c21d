"""The family of a learner: the package of its code, as the documentation groups them."""

from coldbench import registry

__all__ = ["family_of"]


def family_of(base: str) -> str:
    """`closed form`, `maml`, ...; the name of its package for another package's learner, `other`
    for one that is not registered here."""
    plugin = registry.plugins("learner").get(base)
    if plugin is None:
        return "other"
    if plugin.package != "coldbench":
        return plugin.package
    return plugin.target.partition(":")[0].rpartition(".")[0].rpartition(".")[2].replace("_", " ")
