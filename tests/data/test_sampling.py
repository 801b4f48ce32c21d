"""A part of the users: the same each time, whatever the order of rows, with their content alone."""

from pathlib import Path

import pytest

from coldbench.data import find_dataset
from coldbench.errors import DataError, UsageError

USERS = [f"u{number}" for number in range(20)]


def written(place: Path, users: list[str]) -> Path:
    place.mkdir()
    rows = [
        f"{user},i{(int(user[1:]) + step) % 7},{1 + step}" for step in range(3) for user in users
    ]
    (place / "ratings.csv").write_text("\n".join(["user,item,rating", *rows]))
    content = [f"{user},{'ab'[int(user[1:]) % 2]}" for user in users]
    (place / "people.csv").write_text("\n".join(["user,group", *content]))
    return place


def test_so_many_users_are_drawn_with_all_that_is_theirs(tmp_path: Path) -> None:
    whole = find_dataset(written(tmp_path / "all", USERS)).load()
    some = find_dataset(tmp_path / "all", {"users": "6"}).load()
    assert (whole.catalogue.n_users, some.catalogue.n_users) == (20, 6)
    assert len(some.value) == 6 * 3
    assert set(some.user_id) < set(whole.user_id)
    assert set(some.user_id) != set(whole.user_id[:6])
    assert "6 of 20 users drawn at random" in some.understood
    (group,) = some.catalogue.user_fields
    own = [group.labels[place - 1] for place in group.values]
    assert own == ["ab"[int(user[1:]) % 2] for user in some.user_id]


def test_the_draw_is_of_ids_not_of_rows(tmp_path: Path) -> None:
    draws = [
        set(find_dataset(written(tmp_path / name, order), {"users": "6"}).load().user_id)
        for name, order in (("forwards", USERS), ("backwards", USERS[::-1]))
    ]
    assert draws[0] == draws[1]


def test_blanks_around_ids_do_not_count(tmp_path: Path) -> None:
    """Of a user whose id has them in some rows all ratings are drawn, and his content."""
    place = written(tmp_path / "all", USERS)
    plain = find_dataset(place, {"users": "12"}).load()
    text = (place / "ratings.csv").read_text().splitlines()
    blank = [
        text[0],
        *(line.replace(",", " ,", 1) if n % 2 else line for n, line in enumerate(text[1:])),
    ]
    (place / "ratings.csv").write_text("\n".join(blank))
    people = (place / "people.csv").read_text()
    (place / "people.csv").write_text(people.replace(",", " ,"))
    some = find_dataset(place, {"users": "12"}).load()
    assert some.user_id.tolist() == plain.user_id.tolist()
    assert some.value.tolist() == plain.value.tolist()
    (field, same) = (*some.catalogue.user_fields, *plain.catalogue.user_fields)
    assert field.values.tolist() == same.values.tolist()


def test_the_scale_and_what_is_refused_are_those_of_all_ratings(tmp_path: Path) -> None:
    place = written(tmp_path / "all", USERS)
    whole, some = (find_dataset(place, given).load() for given in ({}, {"users": "2"}))
    assert some.scale == whole.scale
    chosen = set(some.user_id)
    left = next(user for user in USERS if user not in chosen)
    with (place / "ratings.csv").open("a") as file:
        file.write(f"\n{left},i0,nan")
    with pytest.raises(DataError, match="not a finite number"):
        find_dataset(place, {"users": "2"}).load()


def test_a_part_is_not_called_an_altered_copy(tmp_path: Path) -> None:
    lines = [f"{user}::{item}::{1 + (user + item) % 5}::97{user}{item}" for user in range(1, 9)
             for item in range(1, 7)]  # fmt: skip
    (tmp_path / "ratings.dat").write_text("\n".join(lines), "latin-1")
    users = [f"{user}::F::1::10::48067" for user in range(1, 9)]
    (tmp_path / "users.dat").write_text("\n".join(users), "latin-1")
    films = [f"{item}::Film {item} (1990)::Drama" for item in range(1, 7)]
    (tmp_path / "movies.dat").write_text("\n".join(films), "latin-1")
    said = [
        find_dataset("ml-1m", {"path": tmp_path, **given}).load().warnings
        for given in ({}, {"users": 5})
    ]
    assert any("1,000,209: the copy was altered" in one for one in said[0])
    assert not any("altered" in one for one in said[1])


def test_other_users_are_other_data(tmp_path: Path) -> None:
    place = written(tmp_path / "all", USERS)
    keys = [find_dataset(place, options).key() for options in ({}, {"users": "6"}, {"users": "7"})]
    assert len(set(keys)) == 3


def test_more_than_there_are_and_fewer_than_two_are_refused(tmp_path: Path) -> None:
    place = written(tmp_path / "all", USERS)
    with pytest.raises(DataError, match="21 users are asked for, 20 users have ratings"):
        find_dataset(place, {"users": "21"}).load()
    with pytest.raises(UsageError, match="users"):
        find_dataset(place, {"users": "1"})
