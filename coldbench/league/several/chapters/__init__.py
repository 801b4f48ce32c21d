"""The parts of the league's report, one a file: a section, its figures, what it says."""
