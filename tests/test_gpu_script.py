"""The script for a machine with a GPU, tried on the CPU; and what learners do on a GPU alone."""

import json
import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import torch

from baselines.maml.whole_network import dense_products, sparse_products
from benchmarks.gpu.__main__ import main
from benchmarks.gpu.given import learner_on, neural
from benchmarks.gpu.lanes import Lane, Work, drive
from benchmarks.gpu.seeds import MEANS, SEEDED, Read, melu_inputs, melu_losses, stacked, stepping
from benchmarks.gpu.sheet import Sheet
from benchmarks.gpu.suite import results
from benchmarks.gpu.syncs import lines
from benchmarks.problem import problem
from coldbench import known_ids, to_device
from coldbench.conformance.learners import CHECKS
from coldbench.learning import repeatable
from coldbench.learning.content import _Means, _members, padded_means
from coldbench.tasks import batches

QUICK = ["--device", "cpu", "--dataset", "synthetic", "--quick", "--budget", "120"]
CERTAIN = {"user_dropout": 0.0, "item_dropout": 0.0}


def rows(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.thorough
def test_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = ["--parts", "speed,seeds,runs", "--learners", "plain", "--cores", "1"]
    main([*QUICK, *parts, "--out", str(tmp_path)])
    assert capsys.readouterr().out == (tmp_path / "summary.md").read_text()
    by_part = {part: rows(tmp_path / f"{part}.jsonl") for part in ("speed", "seeds", "runs")}
    failed = [row for part in by_part.values() for row in part if "failed" in row]
    assert not failed
    assert [row["seeds"] for row in by_part["seeds"]] == [1, 2]
    assert {row["of"] for row in by_part["speed"]} == {"training", "prediction"}
    assert {row["rounding"] for row in by_part["runs"]} == {0, 1}


@pytest.mark.thorough
def test_conformance_of_a_learner(tmp_path: Path) -> None:
    parts = ["--parts", "conformance", "--learners", "global-mean"]
    main([*QUICK, *parts, "--budget", "300", "--out", str(tmp_path)])
    (row,) = rows(tmp_path / "conformance.jsonl")
    assert row == {"device": "cpu", "learner": "global-mean", "passed": len(CHECKS), "reasons": {}}


@pytest.mark.thorough
def test_a_failure_is_a_result(tmp_path: Path) -> None:
    main(
        [*QUICK, "--parts", "runs", "--learners", "no-such", "--cores", "1", "--out", str(tmp_path)]
    )
    assert all("no-such" in str(row["failed"]) for row in rows(tmp_path / "runs.jsonl"))


@pytest.mark.thorough
def test_each_work_is_bounded_and_a_new_process_is_its_own(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "sheet.jsonl")
    pids = [Work(process, (), {"work": n}, sheet) for n in range(2)]
    slow = Work(sleep, (60,), {"work": 2}, sheet, seconds=0.5)
    drive([Lane([*pids, slow], 1, fresh=True)], time.monotonic() + 300)
    drive([Lane([replace(slow, label={"work": 3})], 1)], time.monotonic())
    by_work = {row["work"]: row for row in rows(tmp_path / "sheet.jsonl")}
    assert by_work[0]["pid"] != by_work[1]["pid"]
    assert "Timeout" in by_work[2]["failed"]
    assert "budget" in by_work[3]["failed"]


def process() -> list[dict[str, int]]:
    return [{"pid": os.getpid()}]


def sleep(duration: float) -> list[dict[str, int]]:
    time.sleep(duration)
    return []


def test_what_pytest_printed() -> None:
    at = "tests/conformance/test_conformance.py::test_learner"
    text = f"{at}[meta-sgd-ratings_matter] PASSED [ 1%]\n{at}[melu-ratings_matter] PASSED [ 2%]\n"
    text += f"{at}[melu-same_answer_twice] FAILED [ 3%]\n"
    text += f"FAILED {at}[melu-same_answer_twice] - AssertionError: two runs of one job differ\n"
    melu, meta_sgd = results(text)
    assert (melu["passed"], melu["failed"]) == (1, 1)
    assert melu["reasons"] == {"same_answer_twice": "AssertionError: two runs of one job differ"}
    assert meta_sgd == {"learner": "meta-sgd", "passed": 1, "reasons": {}}


def test_closed_forms_and_trees_are_left_out() -> None:
    assert {"melu", "mamo", "plain"} < set(neural())
    assert not {"ridge", "gbdt", "bias", "bmf"} & set(neural())


def test_lines_are_those_of_the_learners() -> None:
    import warnings

    found: Counter[str] = Counter()
    with lines(found):
        warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert found == {"elsewhere": 1}


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_step_of_several_seeds_is_theirs(seeds: int) -> None:
    given = problem("synthetic", 24)
    learners = [learner_on("cpu", "melu", CERTAIN, given.ratings, seed) for seed in range(seeds)]
    wanted, inputs = [], []
    for seed, learner in enumerate(learners):
        learner.prepared(given.data)
        (episode,) = given.data.episodes(np.random.default_rng(seed), 24)
        wanted.append(float(learner.losses(episode).detach().mean()))
        inputs.append(melu_inputs(learner, episode))
    networks = [Read(learner.network) for learner in learners]
    weights, buffers = torch.func.stack_module_state(networks)
    with patch(MEANS, padded_means):
        found = torch.func.vmap(
            lambda w, b, x: melu_losses(networks[0], learners[0].config, {**w, **b}, x)
        )(weights, buffers, stacked(inputs))
    assert found.tolist() == pytest.approx(wanted, abs=1e-5)


def test_steps_of_several_seeds_learn() -> None:
    given = problem("synthetic", 24)
    for name, (draw, losses, _) in SEEDED.items():
        learners = [learner_on("cpu", name, {}, given.ratings, seed) for seed in range(2)]
        for learner in learners:
            learner.prepared(given.data)
        batch = stacked([draw(learner, given, seed) for seed, learner in enumerate(learners)])
        with patch(MEANS, padded_means):
            step = stepping(learners, losses, batch)
            before = step()
            for _ in range(5):
                after = step()
        assert after < before, name


def test_padded_means_are_the_packed_ones() -> None:
    ids = torch.tensor([[3, 1, 0], [0, 0, 0], [2, 0, 0], [1, 2, 3]])
    members, sizes = _members(ids)
    results = []
    for means in (_Means.apply, padded_means):
        table = torch.randn(5, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
        found = means(table, members, sizes)
        found.square().sum().backward()
        results.append((found, table.grad))
    for packed, padded in zip(*results, strict=True):
        assert torch.allclose(packed, padded, atol=1e-6)


def test_products_over_all_ids_are_those_over_ids_that_occur() -> None:
    ids = torch.tensor([[3, 1, 0], [0, 0, 0], [2, 0, 0], [1, 2, 3]])
    share = known_ids(ids, torch.float32)
    share = share / share.sum(1, keepdim=True)
    dense, sparse = (f(ids, 9, share) for f in (dense_products, sparse_products))
    assert torch.allclose(dense, sparse, atol=1e-6)


def test_a_batch_finds_its_items_before_it_is_sent() -> None:
    given = problem("synthetic", 24)
    batch, _ = next(batches(given.tasks, given.ratings))
    with patch("coldbench.tasks.episodes.to_device", lambda tensor, device: tensor):
        moved = batch.to("cuda")
    assert "distinct" in vars(moved)
    item, place = moved.distinct
    assert torch.equal(item[place], torch.cat([batch.support_item, batch.query_item], 1))
    assert "distinct" not in vars(replace(moved, user=batch.user))


def test_copies_do_not_wait_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        torch.Tensor, "to", lambda self, d, non_blocking: asked.append(non_blocking)
    )
    for device in ("cuda:1", "cpu", torch.device("cuda")):
        to_device(torch.zeros(1), device)
    assert asked == [True, False, True]


def test_a_gpu_takes_repeatable_algorithms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with repeatable("cpu"):
        assert not torch.are_deterministic_algorithms_enabled()
    with repeatable("cuda:0"):
        assert torch.are_deterministic_algorithms_enabled()
    assert not torch.are_deterministic_algorithms_enabled()
