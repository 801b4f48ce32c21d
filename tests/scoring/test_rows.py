"""A score as it is stored: the same JSON as in every earlier version."""

import pytest

from coldbench.scoring.rows import ScoreRow

PLAIN = '{"scenario":"W-W","shots":-1,"metric":"mae","value":0.75,"n":9,"best":null}'
FAULTY = (
    '{"scenario":"C-C","shots":5,"metric":"ndcg@1","value":null,"n":2,"best":0.5,'
    '"reason":"raised ValueError: no","version":2}'
)


@pytest.mark.parametrize("text", [PLAIN, FAULTY])
def test_stored_rows_are_read_and_written_alike(text: str) -> None:
    assert ScoreRow.model_validate_json(text).model_dump_json() == text


def test_older_rows_without_a_reason_have_none() -> None:
    row = ScoreRow.model_validate_json(PLAIN.replace("0.75", "null"))
    assert (row.value, row.reason, row.version) == (None, "", 1)
