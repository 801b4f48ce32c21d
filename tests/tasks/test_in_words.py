"""What a paper says of a protocol has its numbers, and those that were set."""

import pytest

from coldbench.tasks import PROTOCOLS, Protocol


def words(name: str, **numbers: object) -> str:
    protocol: Protocol = PROTOCOLS[name].model_validate(numbers)
    return protocol.in_words()


@pytest.mark.parametrize("name", PROTOCOLS)
def test_each_protocol_speaks_in_sentences(name: str) -> None:
    text = words(name)
    assert text[0].isupper()
    assert text.endswith((".", ".)"))
    assert "None" not in text or name == "given"
    assert text.count("(") == text.count(")")


def test_numbers_that_were_set_are_said() -> None:
    text = words("separate", warm_users=0.7, min_ratings=5, max_ratings=40, query=3)
    assert "A random 30 % of the users are cold" in text
    assert "a user with 5 to 40 ratings in it, 3 random ones" in text
    assert "supports of the W-W tasks alone" in text
    assert "released after 1997" in words("separate", cut_year=1997)
    assert "drawn at each seed" in words("separate", cold_items="random")
    assert "At most 800 are tested." in words("separate", test_tasks=800)
    assert "at least 13 ratings" in words("all")
    assert "all ratings of warm users on warm items" in words("all")
    assert "first 25 ratings in time" in words("mixed", support=20)
    assert "before 2014-05-01" in words("temporal", cut="2014-05-01")
    assert "draws the 50 % of users" in words("temporal", users=0.5)
