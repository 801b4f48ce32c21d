"""Questions about a learner of a stranger, answered by a process of its own in JSON alone.

It imports the plugin, which then may do there what it likes: nothing of it is unpickled or run
here.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from coldbench.conformance import check
from coldbench.errors import ColdbenchError, UsageError, shorten
from coldbench.league.entries.card import card_text
from coldbench.rng import Seeds
from coldbench.running import confined
from coldbench.study import learner_facts

__all__ = ["ask", "card_here", "failures"]

LONGEST = 1_800.0  # seconds
MOST = 1_000_000  # characters of an answer


def ask(question: str, *arguments: Any) -> Any:
    """The answer to a question of ASKED; raises UsageError where there is none.

    arguments: what JSON can hold.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "coldbench.league.entries.outside"],
            input=json.dumps([question, *arguments]).encode(), capture_output=True,
            timeout=LONGEST, env={**os.environ, "PYTHONPATH": paths}, check=False,
        )  # fmt: skip
        if done.returncode:
            raise UsageError(f"its process ended with exit code {done.returncode}")
        return json.loads(done.stdout[:MOST])
    except subprocess.TimeoutExpired:
        raise UsageError(f"it takes longer than {LONGEST:g} s") from None
    except ValueError:
        raise UsageError("its process gave no answer") from None


def failures(learner: str) -> list[str]:
    """What a registered learner fails of the conformance suite; what it prints is lost."""
    try:
        with confined(Seeds.joint(0), io.StringIO()):
            wrong = [one for one in check("learner", learner) if not one.passed]
            return [shorten(f"{one.check}: {one.seen}", 300)[1:-1] for one in wrong if one.seen]
    except ColdbenchError as error:  # it cannot be loaded
        return [str(error)]


def card_here(learner: str, package: str, code: str, options: dict[str, Any]) -> str:
    """card.md of a registered learner, entered with these options; package, code: as the entry
    says, since the same code has several versions."""
    facts = {**learner_facts(learner), "package": package, "code": code}
    return card_text(facts, options)


ASKED: dict[str, Callable[..., Any]] = {"failures": failures, "card": card_here}


def main() -> None:
    """Answer on the real standard output; whatever a learner prints goes to the error."""
    question, *arguments = json.loads(sys.stdin.buffer.read())
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer.write(json.dumps(ASKED[question](*arguments)).encode())
    answer.close()


if __name__ == "__main__":
    main()
