"""A small font for figures: DejaVu Sans without the letters and rules that no report needs.

Every PDF embeds the part of the font that it uses; cutting that part out of the whole font would
take most of the time of a report.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib import font_manager

__all__ = ["FAMILY", "small_family"]

FAMILY = "Coldbench Sans"
WHOLE = "DejaVu Sans"  # its other letters are found there
LETTERS = [*range(0x20, 0x250), *range(0x370, 0x400), *range(0x2010, 0x2060),
           *range(0x2190, 0x2200), 0x2212, 0x221E, *range(0x25A0, 0x2600), 0xFFFD]  # fmt: skip
NAMES = {1: FAMILY, 16: FAMILY}  # ids of the name table that hold the family


@cache
def small_family() -> list[str]:
    """The families to draw with; registers the small font, made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="coldbench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for weight in ("normal", "bold"):
        whole = font_manager.FontProperties(family=WHOLE, weight=weight)
        file = folder / f"{weight}.ttf"
        _cut(Path(font_manager.findfont(whole)), file)
        font_manager.fontManager.addfont(file)
    return [FAMILY, WHOLE]


def _cut(source: Path, target: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=[], glyph_names=True, hinting=True, name_IDs=["*"])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in NAMES:
            record.string = NAMES[record.nameID]
    font.save(target)
