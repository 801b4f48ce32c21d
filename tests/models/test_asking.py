"""Tables of new users and items: what is refused, what is left out, what does not matter."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.errors import DataError, UsageError
from coldbench.models import Model, open_model, read_frame, scoring, train_model, write_frames
from coldbench.statistics import prediction_interval
from tests.models.worlds import NOBODY, NOTHING, content, support_of, world


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Three members of the plain network, which read content of users and items."""
    out = tmp_path_factory.mktemp("models") / "plain"
    return open_model(train_model("plain", world()[0], out, seeds=3, options={"epochs": 1}))


@pytest.fixture
def support() -> pd.DataFrame:
    return support_of(world()[1], NOBODY)


def frame(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["user", "item", "rating"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (frame(("a", "1", 7)), r"the support row 1: rating 7 is outside 1\.\.5, the scale of"),
        (frame(("a", "1", 3), ("a", "1", 3)), "rows 1 and 2: user 'a' rates item '1' twice"),
        (frame(("a", "1", "x")), "row 1: rating is 'x'; a number is expected"),
        (frame(("a", "1", None)), "row 1: rating is 'None'; a number is expected"),
        (frame((None, "1", 3)), "row 1: the user id is missing"),
        (frame(("a", "1", 3), ("a", None, 3)), "row 2: the item id is missing"),
        (frame(("a", "1.0", 3), ("a", "2.0", 3)), "none of the 2 items .* '1.0' and '2.0' here"),
        (frame(), "the support has no rows: no user is named"),
        (pd.DataFrame({"user": [1], "rating": [2]}), "no column 'item', only 'user, rating'"),
    ],
)
def test_what_cannot_be_used_is_refused(given: pd.DataFrame, message: str, model: Model) -> None:
    with pytest.raises(DataError, match=message):
        model.predict(given)


def test_unknown_items_are_left_out_and_counted(model: Model) -> None:
    given = frame(("a", "1", 3), ("a", "zz", 3), ("b", "zz", 4))
    answers = model.predict(given, items=["2", "yy", "2"])
    assert list(answers["item"]) == ["2", "2"]
    first, second = answers.attrs["notes"]
    assert first.startswith(
        "left out: 1 item in the items that the model does not know ('yy'); give"
    )
    assert "columns among release_year, mpaa_rating, genre, director, actor" in first
    assert second == (
        "left out: 2 of 3 ratings in the support, of items that the model does not know ('zz')"
    )
    known = model.predict(given.iloc[:1], items=["2"])
    assert answers["prediction"][0] == known["prediction"][0]
    with pytest.raises(DataError, match="there is no item to predict: left out: 1 item"):
        model.predict(given, items=["yy"])


def test_neither_order_nor_names_nor_company_matter(model: Model, support: pd.DataFrame) -> None:
    """Rows in any order, one user alone, an id of the training data: the same predictions."""
    answers = model.predict(support)
    mixed = support.sample(frac=1, random_state=0)[["rating", "item", "user"]]
    pd.testing.assert_frame_equal(answers, model.predict(mixed), check_exact=True)
    alone = support[support["user"] == support["user"].iloc[0]]
    trained_on = world()[0].user_id[world()[0].user[0]]
    for name in (alone["user"].iloc[0], trained_on, "somebody else"):
        own = model.predict(alone.assign(user=name))["prediction"].to_numpy()
        expected = answers.loc[answers["user"] == alone["user"].iloc[0], "prediction"]
        assert np.abs(own - expected.to_numpy()).max() < 1e-5


def test_ids_are_text_whatever_their_type(model: Model) -> None:
    numbers = frame((7, 1, 5), (8, 2, 1)).astype({"user": "Int64", "item": np.int32})
    texts = frame(("7", "1", "5"), ("8", "2", "1"))
    pd.testing.assert_frame_equal(model.predict(numbers), model.predict(texts), check_exact=True)


def test_columns_are_guessed_as_of_data_sets(model: Model, support: pd.DataFrame) -> None:
    theirs = support.rename(columns={"user": "reader", "item": "movieId", "rating": "stars"})
    assert model.predict(theirs).equals(model.predict(support))
    with pytest.raises(DataError, match="no column 'user', only 'fan"):
        model.predict(support.rename(columns={"user": "fan"}))


def test_users_are_predicted_without_support(model: Model, support: pd.DataFrame) -> None:
    users = pd.DataFrame({"user": ["nobody"], "age": [None]})
    answers = model.predict(None, items=["1", "2"], users=users)
    assert list(answers["user"]) == ["nobody", "nobody"]
    both = model.predict(support, items=["1"], users=users)
    assert set(both["user"]) == {"nobody", *support["user"]}


def test_content_of_users_and_items_matters(model: Model, support: pd.DataFrame) -> None:
    whole = world()[1]
    users, items = content(whole, "user", NOBODY), content(whole, "item", NOTHING)
    bare = model.predict(support)["prediction"]
    assert not np.array_equal(model.predict(support, users=users)["prediction"], bare)
    new = items.assign(item="new-" + items["item"])
    other = new.assign(item="x" + new["item"], genre="", director="", actor="", release_year=None)
    answers = model.predict(support, items=pd.concat([new, other]))
    table = answers.pivot(index="user", columns="item", values="prediction")
    assert (table[list(new["item"])].to_numpy() != table[list(other["item"])].to_numpy()).all()


def test_a_rating_of_a_new_item_counts_once_its_content_is_given(model: Model) -> None:
    items = content(world()[1], "item", NOTHING)[:1].assign(item="new")
    with pytest.raises(DataError, match="none of the 1 items"):
        model.predict(frame(("a", "new", 5)))
    answers = model.predict(frame(("a", "new", 5)), items=items)
    assert list(answers["item"]) == ["new"]
    assert answers.attrs["notes"] == ()


def test_unknown_labels_are_said_once(model: Model, support: pd.DataFrame) -> None:
    items = content(world()[1], "item", NOTHING)
    genre = items["genre"] + "|Polka|Polka"
    new = items.assign(item="new-" + items["item"], genre=genre, mpaa_rating="X", actor=None)
    new = new.assign(release_year=["soon", "1990", None]).drop(columns="director")
    answers = model.predict(support, items=new)
    assert answers.attrs["notes"] == (
        "new items have no column director, which counts as unknown",
        "release_year of new items counts as unknown where it is no number: 'soon'",
        "mpaa_rating of new items counts as unknown where it is no label of the training data: 'X'",
        "genre of new items counts as unknown where it is no label of the training data: 'Polka'",
    )
    plain = model.predict(support, items=new.assign(genre=items["genre"]))
    assert np.array_equal(plain["prediction"], answers["prediction"])


def test_columns_that_are_no_content_are_said(model: Model, support: pd.DataFrame) -> None:
    users = pd.DataFrame({"user": ["nobody"], "Age": ["25"]})
    (note,) = model.predict(support, items=["1"], users=users).attrs["notes"]
    assert note == (
        "not read: 'Age' in the users, no content of the model, "
        "which has age, gender, occupation and area"
    )


def test_the_order_of_users_does_not_matter(model: Model, support: pd.DataFrame) -> None:
    users = content(world()[1], "user", NOBODY)
    answers, turned = (model.predict(support, users=one) for one in (users, users[::-1]))
    pd.testing.assert_frame_equal(answers, turned, check_exact=True)


def test_the_best_items_are_those_not_rated(model: Model, support: pd.DataFrame) -> None:
    best, every = model.predict(support, top=4), model.predict(support)
    for user, own in best.groupby("user"):
        rated = support.loc[support["user"] == user, "item"]
        rest = every[(every["user"] == user) & ~every["item"].isin(rated)]
        expected = rest.sort_values("prediction", ascending=False, kind="stable").head(4)
        assert list(own["item"]) == list(expected["item"])
        assert list(own["prediction"]) == list(expected["prediction"])


def test_the_interval_is_where_further_seeds_would_fall(
    model: Model, support: pd.DataFrame
) -> None:
    answers = model.predict(support)
    assert list(answers.columns) == ["user", "item", "prediction", "low", "high"]
    parts = [
        Model(model.record, model.known, [member]).predict(support)["prediction"]
        for member in model.members
    ]
    runs = np.stack([part.to_numpy() for part in parts]).astype(np.float64)
    for place in (0, 57, 123):
        interval = prediction_interval(runs[:, place])
        low, high, _ = model.record.scale
        told = answers.iloc[place][["prediction", "low", "high"]].to_numpy(np.float64)
        limits = np.clip([interval.low, interval.high], low, high)
        assert np.abs(told - [runs[:, place].mean(), *limits]).max() < 1e-5
    assert (answers["low"] <= answers["prediction"]).all()
    assert (answers["prediction"] <= answers["high"]).all()


def test_small_batches_and_blocks_give_the_same(
    model: Model, support: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = model.predict(support)
    for name, value in (("BLOCK", 150), ("CELLS", 37), ("PAIRS", 300)):
        monkeypatch.setattr(scoring, name, value)
        found = model.predict(support)
        assert list(found["item"]) == list(expected["item"])
        assert list(found["user"]) == list(expected["user"])
        for column in ("prediction", "low", "high"):
            assert np.abs(found[column] - expected[column]).max() < 1e-4


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_files_come_back_as_they_were(suffix: str, model: Model, tmp_path: Path) -> None:
    given = frame(('a,"b"', "1", 5), ("c\td", "2", 1), ("=1+1", "3", 4.5), ("NA", "4", 2))
    asked = model.ask(given, items=["1", "2"])
    file = tmp_path / f"answers{suffix}"
    assert write_frames(model.answers(asked), file) == 8
    back = read_frame(file)
    expected = model.predict(given, items=["1", "2"])
    assert list(back["user"]) == list(expected["user"])
    assert list(back["prediction"].astype(np.float32)) == list(expected["prediction"])
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_plain_ids_are_not_quoted(model: Model, tmp_path: Path) -> None:
    asked = model.ask(frame(("anna", "1", 5)), items=["1"])
    write_frames(model.answers(asked), tmp_path / "a.csv")
    header, line = (tmp_path / "a.csv").read_text().splitlines()
    assert header == "user,item,prediction,low,high"
    assert line.startswith("anna,1,")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.txt: give a file that ends in \.csv"):
        read_frame(tmp_path / "x.txt")
    with pytest.raises(DataError, match=r"cannot read .*x\.csv: No such file"):
        read_frame(tmp_path / "x.csv")
    for name, data in (("a.csv", b"a,b\n1,2,3,4\n\xff"), ("b.parquet", b"PAR1"), ("c.csv", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=f"{name} is no table that can be read"):
            read_frame(tmp_path / name)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, model: Model) -> None:
    def fails() -> object:
        yield from model.answers(model.ask(frame(("anna", "1", 5)), items=["1"]))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_frames(fails(), tmp_path / "a.parquet")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="give a file that ends in"):
        write_frames([], tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())
