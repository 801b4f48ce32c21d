# What others may use; imported on first use.
from .packs.facts import PackFacts as PackFacts
from .packs.getting import find_pack as find_pack
from .packs.index import Listed as Listed
from .packs.index import index_lines as index_lines
from .packs.index import known_packs as known_packs
from .packs.making import Naming as Naming
from .packs.making import make_pack as make_pack
from .packs.opening import Pack as Pack
from .packs.opening import open_pack as open_pack
from .several.frames import frames_of as frames_of
from .several.league import LeagueOver as LeagueOver
from .several.league import league_over as league_over
from .site.build import build_site as build_site
from .site.frame import Frame as Frame
