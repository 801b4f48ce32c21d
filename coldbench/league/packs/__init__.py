"""Reference packs: one sealed file with a complete study, against which others are run."""
