# What others may use; imported on first use.
from .several.frames import frames_of as frames_of
from .several.league import LeagueOver as LeagueOver
from .several.league import league_over as league_over
