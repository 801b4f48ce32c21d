"""Small hand-written data sets in every raw format, as the official sources write them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

ML_1M = {
    "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072\n3::M::25::15::55117\n",
    "movies.dat": (
        b"1::Toy Story (1995)::Animation|Children's|Comedy\n"
        b"2::Jumanji (1995)::Adventure|Children's|Fantasy\n"
        b"3::Alien :: The Return (1998)::Horror\n"
        b"4::Mis\xe9rables, Les (1998)::Drama\n"
    ),
    "ratings.dat": (
        b"1::1::5::978300760\n1::3::3::978302109\n2::1::4::978298413\n"
        b"2::4::1::978220179\n3::3::2::978199279\n"
    ),
}
EXTRA = (
    b"1::Toy Story::1995::G::22 Nov 1995::Animation, Comedy::John Lasseter (co-director), Ann Roe"
    b"::Writer A::Tom Hanks, Tim Allen::A plot :: with colons::http://poster\n"
    b"3::Alien :: The Return::1998::N/A::N/A::Horror::N/A::N/A::Sigourney Weaver::N/A::N/A\n"
)
FLAGS = b"|0" * 19
ML_100K = {
    "u.user": b"1|24|M|technician|85711\n2|53|F|other|94043\n",
    "u.item": (
        b"1|Toy Story (1995)|01-Jan-1995||http://x" + b"|0|0|0|1|1|1" + b"|0" * 13 + b"\n"
        b"2|unknown||||" + b"1" + b"|0" * 18 + b"\n"
        b"3|Caf\xe9 (1994)|01-Jan-1994||http://y" + b"|0" * 8 + b"|1" + b"|0" * 10 + b"\n"
    ),
    "u.data": b"1\t1\t3\t881250949\n2\t2\t5\t891717742\n1\t3\t1\t878887116\n",
}
BOOKS = {
    "BX-Users.csv": (
        b'"User-ID";"Location";"Age"\r\n"1";"nyc, new york, usa";NULL\r\n'
        b'"2";"stockton, california, usa";"18"\r\n"3";"porto, v.n.gaia, portugal";"244"\r\n'
    ),
    "BX-Books.csv": (
        b'"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"S";"M";"L"\r\n'
        b'"0195153448";"Classical Mythology";"Mark P. O. Morford";"2002";"Oxford";"a";"b";"c"\r\n'
        b'"034545104X";"Say \\"Yes\\"; Again &amp; Again";"M. J. Rose";"0";"B";"a";"b";"c"\r\n'
        b'"0002005018";"Clara Call\xe9";"Richard Wright";"2001";"Harper";"a";"b";"c"\r\n'
    ),
    "BX-Book-Ratings.csv": (
        b'"User-ID";"ISBN";"Book-Rating"\r\n"1";"0195153448";"0"\r\n"1";"034545104X";"5"\r\n'
        b'"2";"0002005018";"10"\r\n"3";"0195153448";"0"\r\n"3";"99999";"7"\r\n'
    ),
}
ATOMIC = {
    "tiny.inter": (
        b"rating:float\titem_id:token\tuser_id:token\ttimestamp:float\n"
        b"4\ti1\tu1\t100\n2.5\ti2\tu1\t200\n1\ti1\tu2\t50\n3\ti9\tu10\t70\n"
    ),
    "tiny.user": b"user_id:token\tage:float\tjob:token\nu1\t31\tnurse\nu2\t\t\nu3\t40\tcook\n",
    "tiny.item": (
        b"item_id:token\tmovie_title:token_seq\trelease_year:token\tgenre:token_seq\tv:float_seq\n"
        b"i1\tToy Story\t1995\tComedy Drama\t0.5 1\n"
        b"i2\tCaf\xc3\xa9\tunknown\t\t\ni3\tAlien\t1979\tHorror\t2 3\n"
    ),
}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The folder, made, with the files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def zipped(path: Path, files: Mapping[str, bytes], inner: str = "") -> Path:
    """A zip archive of the files, inside the folder `inner` if given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{inner}/{name}" if inner else name, data)
    return path


def zip_bytes(files: Mapping[str, bytes], inner: str = "") -> bytes:
    """The bytes of such an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{inner}/{name}" if inner else name, data)
    return buffer.getvalue()


def edited(files: Mapping[str, bytes], name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    """A copy of the files in which `old`, which must occur, is `new` in one of them."""
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}
