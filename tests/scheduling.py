"""Which tests share a process, and so fixtures, trained learners and reports."""

from xdist.scheduler import LoadScopeScheduling

__all__ = ["Together"]

SHARED = ("tests/models", "tests/report")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """The conformance tests of one learner, those of a folder of SHARED, else those of a file."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if test.startswith("test_learner["):
            return test.rpartition("-")[0]
        folder = "/".join(file.split("/")[:2])
        return folder if folder in SHARED else file
