"""A learner enters: only it and the sentinel run, and nothing is mixed that does not fit."""

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coldbench.audit.audited import Audit, Leak
from coldbench.errors import StoreError, UsageError
from coldbench.league.packs import entering
from coldbench.league.packs.asking import Asked, tuned
from coldbench.league.packs.entering import Entry, _started, enter
from coldbench.league.packs.opening import Pack
from coldbench.league.packs.showing import reach_sentence
from coldbench.report.study import build
from coldbench.report.topics.cost import CostTopic
from coldbench.report.topics.entry import EntryTopic
from coldbench.running.encoding import seal
from coldbench.study.audits import keep_audits
from coldbench.study.budget import Budget
from coldbench.study.config import StudyConfig
from coldbench.study.entered import stored_entry
from coldbench.study.progress import Progress
from coldbench.study.starting import How
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.cli.test_cli import coldbench
from tests.cli.test_json import documented
from tests.league.packs.test_making import with_facts

Auditor = Callable[..., list[Audit]]
LEARNER = "support-median"
pytestmark = pytest.mark.usefixtures("audits")


def auditor(*leaks: Leak) -> Auditor:
    """An audit that finds these leaks in no time."""

    def audit(study: Study, count: int, *more: Any, learners: tuple[str, ...]) -> list[Audit]:
        mine = [record for record in study.records() if record.job.learner in learners]
        made = [
            Audit(job_hash=one.job_hash, learner=one.job.learner, seed=one.job.seeds.label,
                  status="leaks" if leaks else "clean", leaks=leaks)
            for one in mine[:count]
        ]  # fmt: skip
        keep_audits(study, made)
        return made

    return audit


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "audit_study", auditor())


@pytest.fixture
def asked(made: Pack, tmp_path: Path) -> Asked:
    return Asked(LEARNER, made, StudyConfig(), out=tmp_path / "entry")


def entered(asked: Asked, progress: Progress | None = None) -> Entry:
    return enter(asked, How(workers=1), progress or Progress())


@pytest.fixture(scope="session")
def first(made: Pack, tmp_path_factory: pytest.TempPathFactory) -> Entry:
    """An entry, made once."""
    out = tmp_path_factory.mktemp("entries") / "entry"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entering, "audit_study", auditor())
        return entered(Asked(LEARNER, made, StudyConfig(), out=out))


@pytest.fixture
def done(first: Entry, asked: Asked) -> Asked:
    """A copy of it, to be spoilt or asked for again."""
    shutil.copytree(first.folder, asked.folder)
    return asked


def test_the_learner_stands_among_those_of_the_pack(first: Entry, packed_study: Path) -> None:
    assert first.study is not None
    facts = first.facts
    assert (facts.status, facts.audit, facts.seeds) == ("joined", "clean", ("0", "1", "2", "3"))
    assert facts.agreement is not None
    assert facts.agreement.verdict == "bit for bit"
    assert facts.plugin.startswith("coldbench ")
    assert set(first.own.manifest.learners) == {LEARNER, "ridge"}
    verdict = verify(first.folder)
    assert (verdict.passed, verdict.stored, verdict.predictions) == (True, 20, 4)
    theirs = {one.job_hash: one for one in Study.open(packed_study).records()}
    joined = {one.job_hash: one for one in first.study.records()}
    assert {job: joined[job] for job in theirs} == theirs
    data = build(first.study, [LEARNER])
    met = {seed for pair in data.pairs if LEARNER in (pair.a, pair.b) for seed in pair.seeds}
    assert met == {"0", "1", "2", "3"}


def test_seconds_are_marked_and_scaled(first: Entry) -> None:
    assert first.study is not None
    facts = first.facts
    assert facts.scale
    topic = build(first.study).of(CostTopic)
    costs = {one.learner: one for one in topic.costs}
    assert costs[LEARNER].scaled
    assert not costs["ridge"].scaled
    assert costs[LEARNER].seconds == pytest.approx(facts.scale * facts.seconds[LEARNER])
    assert f"{LEARNER} did not run beside the others" in " ".join(topic.section().notes)


def test_a_lite_entry_says_what_its_seeds_show(asked: Asked) -> None:
    made = entered(replace(asked, lite=True))
    assert made.study is not None
    assert made.facts.seeds == ("0", "1", "2")
    told = reach_sentence(made.study, made.facts)
    assert "What 3 seeds can show: a difference to ridge of 0." in told


class Stop(Exception):
    pass


def stopping(ran: list[str], after: int) -> Progress:
    """Counts runs, and stops after so many."""

    def done(record: Any) -> None:
        ran.append(record.job_hash)
        if len(ran) == after:
            raise Stop

    return Progress(done=done)


def put_once(study: Study, *words: Any, put: Any = Study.put) -> bool:
    """Stops once a run is joined with the pack's."""
    made = put(study, *words)
    if study.path.name == "entry":
        raise Stop
    return bool(made)


def test_a_stopped_entry_goes_on(
    asked: Asked, first: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    for after in (2, 6):  # while the sentinel runs, while the learner does
        with pytest.raises(Stop):
            entered(asked, stopping(ran, after))
    with monkeypatch.context() as patched:
        patched.setattr(Study, "put", put_once)
        with pytest.raises(Stop):
            entered(asked, stopping(ran, 0))
    again = entered(asked, stopping(ran, 0))
    assert len(ran) == len(set(ran)) == 8
    assert verify(again.folder).passed
    assert prints(again) == prints(first)


def prints(entry: Entry) -> dict[str, str]:
    assert entry.study is not None
    return {one.job_hash: one.predictions_sha256 for one in entry.study.records()}


def test_a_learner_that_leaks_is_not_joined(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    leak = Leak(replay="subset", text="it looks at its neighbours")
    monkeypatch.setattr(entering, "audit_study", auditor(leak))
    made = entered(asked)
    assert made.study is None
    assert (made.facts.status, made.facts.leaks) == ("leaks", (str(leak),))
    assert stored_entry(made.folder) == made.facts
    assert not (made.folder / "study.json").exists()


def test_a_sentinel_that_disagrees_joins_nothing(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "_reference", moved_reference(entering._reference))
    with pytest.raises(StoreError, match=r"ridge is not what it is in.*differs by 0\.01"):
        entered(asked)
    entry = stored_entry(asked.folder)
    assert entry is not None
    assert entry.status == "disagrees"
    assert not (asked.folder / "study.json").exists()
    assert set(Study.open(asked.folder / "own").manifest.learners) == {"ridge"}


def moved_reference(real: Callable[..., Any]) -> Callable[..., Any]:
    """A pack in which ridge has other errors."""
    from tests.league.packs.test_sentinel import moved

    def reference(asked: Asked) -> Any:
        plan, theirs = real(asked)
        return plan, {seed: moved(record, 0.01) for seed, record in theirs.items()}

    return reference


def named(name: str) -> StudyConfig:
    return StudyConfig(variants={name: {"base": LEARNER}})


def test_names(asked: Asked) -> None:
    with pytest.raises(UsageError, match="has a learner called 'item-mean' already"):
        entered(replace(asked, learner="item-mean"))
    with pytest.raises(UsageError, match="did you mean 'support-median'"):
        entered(replace(asked, learner="suport-median"))
    with pytest.raises(UsageError, match="has a learner called 'item-mean' already"):
        entered(replace(asked, learner="Item_mean", chosen=named("Item_mean")))
    for name in ("ridge ", "r\u0456dge", "-ridge"):
        with pytest.raises(UsageError, match="cannot be entered under this name"):
            entered(replace(asked, learner=name, chosen=named(name)))
    with pytest.raises(UsageError, match="for --sentinel 'knn'"):
        entered(replace(asked, sentinel="knn"))
    assert not asked.folder.exists()


def test_options_of_a_variant_count_beside_what_tuning_found() -> None:
    config = StudyConfig(variants={"mine": {"base": LEARNER, "options": {"known": 1}}})
    told = tuned(Budget(trials=2, options={"known": 2}), config, "mine")
    assert told == "2 trials, 0.0 min; changed since: known"


def test_a_folder_holds_one_entry(done: Asked, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not of support-median to embedded@1 \(lite\)"):
        entered(replace(done, lite=True))
    with pytest.raises(UsageError, match="holds no entry"):
        entered(replace(done, out=tmp_path))


def test_two_commands_at_once_make_one_entry(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has seen an empty folder before either writes."""
    both = threading.Barrier(2, timeout=5)
    real = entering._refuse_other

    def together(folder: Path) -> None:
        real(folder)
        if not folder.exists():
            both.wait()

    def start(learner: str) -> str:
        try:
            return _started(replace(asked, learner=learner)).learner
        except UsageError as error:
            return str(error)

    monkeypatch.setattr(entering, "_refuse_other", together)
    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(start, ("bmf", "knn")), key=len)
    assert told[0] in ("bmf", "knn")
    assert f"is the entry of {told[0]} to embedded@1" in told[1]


def test_a_sentinel_that_ran_again_is_compared_again(
    done: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def count(*words: Any) -> Any:
        compared.append(1)
        return real(*words)

    real = entering.agreement
    monkeypatch.setattr(entering, "agreement", count)
    entered(done)
    assert compared == []
    shutil.rmtree(done.folder / "own")
    entered(done)
    assert compared == [1]


def test_an_entry_is_of_one_code(done: Asked) -> None:
    with_facts(Study.open(done.folder / "own"), LEARNER, "1", code="2:" + "a" * 16)
    with pytest.raises(UsageError, match="the code of support-median has changed"):
        entered(done)


def test_an_edited_entry_is_told(done: Asked) -> None:
    file = done.folder / "entry.json"
    file.write_text(file.read_text().replace('"clean"', '"leaks"'))
    with pytest.raises(StoreError, match="was edited"):
        stored_entry(done.folder)
    warned = build(Study.open(done.folder)).of(EntryTopic).sentences()
    assert warned[0].kind == "warning"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"audit": "leaks"}, "an audit that found leaks, and none is named"),
        ({"seconds": {"mine": float("inf")}}, "finite"),
        ({"scale": float("nan")}, "finite"),
        ({"agreement": {"learner": "ridge", "verdict": "disagrees", "seeds": 4}}, "without how"),
    ],
)
def test_facts_that_contradict_each_other_are_told(
    first: Entry, tmp_path: Path, facts: dict[str, Any], told: str
) -> None:
    data = {**json.loads(first.facts.model_dump_json()), **facts}
    (tmp_path / "entry.json").write_text(json.dumps({**data, "sha256": seal(data)}))
    with pytest.raises(StoreError, match=told):
        stored_entry(tmp_path)


@pytest.mark.thorough
def test_the_command(
    stranger: None, made: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    words = ("enter", "mine", "--reference", made.path, "--workers", 1, "--no-check", "--json")
    assert coldbench(monkeypatch, *words) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == documented()["enter"]
    assert facts["entry"]["status"] == "joined"
    page = (tmp_path / "results" / "embedded@1-mine" / "report.html").read_text()
    assert "the sentinel ridge agrees bit for bit at all 4 seeds" in page


@pytest.mark.thorough
def test_a_cheat_is_found_and_a_stranger_checked(
    stranger: None, made: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from coldbench.study.verification import audit_study

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entering, "audit_study", audit_study)
    words = ("--reference", made.path, "--workers", 1, "--lite", "--quiet")
    assert coldbench(monkeypatch, "enter", "mine", *words) == 0
    capsys.readouterr()
    assert coldbench(monkeypatch, "enter", "leaky", *words, "--no-check") == 3
    shown = capsys.readouterr().out
    assert "leaky leaks: supports" in shown, shown
