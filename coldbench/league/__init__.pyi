# What others may use; imported on first use.
from .several.document import LeagueDocument as LeagueDocument
from .several.frames import frames_of as frames_of
from .several.gathering import holds_studies as holds_studies
from .several.gathering import latest_work as latest_work
from .several.gathering import studies_of as studies_of
from .several.league import LeagueOver as LeagueOver
from .several.league import league_over as league_over
from .several.opened import DataSets as DataSets
from .several.opened import open_league as open_league
from .several.parts import Part as Part
from .several.parts import Parts as Parts
from .several.parts import parts_of as parts_of
from .several.tuned_file import write_tuned as write_tuned
from .several.write import write_league as write_league
from .several.write import write_leagues as write_leagues
