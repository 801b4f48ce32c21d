"""Entries: a learner's runs and code in one sealed folder, and the review that believes no word.

`form.py` says what an entry holds; `writing.py` writes one, with what `source.py`, `card.py` and
`tuned.py` find; `received.py` reads a stranger's; `reviewing.py` joins the checks of a review:
`same_code.py` (the plugin here?), `against.py`, `matching.py` and `sentinels.py` (the same study as
the reference?), `asking.py` (the learner, here), `fresh.py` (new seeds); `marks.py` says what an
entry has earned. `modules.py` and `project.py` know what belongs to a plugin.
"""
