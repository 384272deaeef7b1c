"""In which code page a file is that is not UTF-8: by the words that come out of it.

A detector of texts (charset-normalizer) is right about texts: columns of names are too
short for it, and of Polish or Spanish names in a Windows code page it takes the other
one. What tells them apart is whether each value is written in letters of one language,
in its places. The detector is asked for scripts that have no alphabet.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from ingestion.files.alphabets import (
    ALPHABETS,
    DECIDED,
    HEADING_WORDS,
    IDEOGRAPHS,
    IMPOSSIBLE,
    PAGES,
)
from ingestion.files.plain import LONGEST_LINE, Refused, Unclear

NAMES = (*PAGES, *IDEOGRAPHS, *DECIDED)
# The file is gone through until so many different values hold letters beyond ASCII.
_MOST_VALUES = 2000
_CHUNK = 1 << 22
_LEAST_SCORE, _LEAST_LEAD = 0.6, 0.05
_SLIP_RATE = 0.01
# What is left of a value once what parts values is taken away, if it is not ASCII.
_VALUE = re.compile(rb'[^,;\t\r\n"]*[\x80-\xff][^,;\t\r\n"]*')
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
# N'Ko is what ß and a closing quote look like.
_UTF_8_LETTER = re.compile(r"[^\x00-\x7f\u07c0-\u07ff]")
_WORD = re.compile(r"[^\W\d_]+")
_SYMBOLS = frozenset("–—‘’‚“”„…•€£¥§°©®™«»·µªº²³½¼¾±×¿¡\u00a0")
# Where no symbol stands: within a word, a sign of money before a letter, m³ elsewhere.
_MISPLACED = re.compile(
    r"[^\W\d_][^\w\s\x00-\x7f’–—·][^\W\d_]|[£¥§µ][^\W\d_]|(?<![\dm])[²³]"
)
_APOSTROPHE = re.compile(
    r"\b\w{1,2}’\w|’(?:s|t|re|ve|ll|d|m|n)\b|’(?!\w)|(?<!\w)’", re.IGNORECASE
)
_VOWELS = frozenset("aeiouyæœøıаеиоуыэюяєіўѵαεηιουω")
# Letters of the Latin script that are no letter with a mark.
_NO_MARK = frozenset("æœøłđßıðþ")
_JAPANESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff60]")
_BESIDE_SMALL = re.compile(r"[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]")
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")


@dataclass(frozen=True)
class _Reading:
    """How well the values read in one code page: 1 is every one, in one language."""

    page: str
    texts: tuple[str, ...]
    score: float


def code_page(
    path: Path,
    decisions: Iterable[str] = (),
    decided: Iterable[str] = (),
    assumed: Iterable[str] = (),
) -> str | None:
    """The code page of a text file, one of `NAMES`; None where it is UTF-8.

    UTF-8 with some broken rows is UTF-8. `decisions` are of this file;
    what was `decided` for its folder counts where no page reads well, that and what is
    `assumed` where two read as well. Else the one raises Refused, the other Unclear.
    """
    values = _values(path)
    if values is None:
        return None
    if named := [name for name in NAMES if name in decisions]:
        return named[0]
    top = _top(path)
    readings = [_read(page, values, top) for page in PAGES]
    found = sorted((reading for reading in readings if reading), key=lambda r: -r.score)
    if not found or found[0].score < _LEAST_SCORE:
        if page := _detected(values) or next(filter(NAMES.__contains__, decided), None):
            return page
        shown = ", ".join(NAMES)
        raise Refused(
            f"it is not UTF-8, and {len(values)} of its values are words in no code"
            " page that is known. Export it in UTF-8, or add a line with the file's"
            f" path or its folder and one of {shown} to decisions/files.csv"
        )
    best = found[0]
    rivals = [
        reading
        for reading in found
        if reading.texts != best.texts and reading.score > best.score - _LEAST_LEAD
    ]
    if not rivals:
        return best.page
    # The same text in two pages is no doubt.
    pages = [best.page, *(rival.page for rival in rivals)]
    known = [page for page in pages if page in assumed]
    if len(known) == 1:
        return known[0]
    raise Unclear(
        f"it is not UTF-8, and reads as well in {' as in '.join(pages[:3])}: none of"
        f" the {len(values)} values with other letters than a to z shows which. Export"
        " it in UTF-8, or add a line with the file's path or its folder and"
        f" {' or '.join(pages)} to decisions/files.csv"
    )


def starts_in_utf_8(path: Path, size: int = 1 << 16) -> bool:
    """Whether the first bytes, in which headings stand, are UTF-8 as they are.

    The last letter may go on after the `size` bytes that are looked at.
    """
    with path.open("rb") as file:
        start = file.read(size)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def decode(path: Path, folder: Path, page: str) -> Path:
    """A copy of `path` in UTF-8; a byte that the page does not have stays broken."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.name}.decoded"
    with (
        path.open(encoding=_codec(page), errors="surrogateescape", newline="") as file,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        while text := file.read(_CHUNK):
            out.write(text)
    return target


def _codec(page: str) -> str:
    return (IDEOGRAPHS | DECIDED).get(page) or PAGES[page][0]


def _values(path: Path) -> Counter[bytes] | None:
    """How often which value beyond ASCII is there; None where all is UTF-8, or no text.

    A file that also has letters in UTF-8 is UTF-8 with broken rows; but of many bytes,
    a few may look like letters by chance, where letters have two more than a few.
    """
    found: Counter[bytes] = Counter()
    letters = broken = 0
    with path.open("rb") as file:
        while len(found) < _MOST_VALUES and (chunk := file.read(_CHUNK)):
            chunk += file.readline(LONGEST_LINE)
            if chunk.isascii():
                continue
            letters += len(_UTF_8_LETTER.findall(chunk.decode(errors="ignore")))
            broken += chunk.decode(errors="replace").count("\ufffd")
            found.update(_VALUE.findall(chunk))
    values = Counter(dict(islice(found.items(), _MOST_VALUES)))
    controls = sum(map(bool, map(_CONTROL.search, values)))
    if not broken or controls > _SLIP_RATE * len(values):
        return None
    if letters * 20 > broken:
        whole = sum(map(_is_utf_8, values))
        japanese = _read("shift-jis", values, b"")
        if whole * 2 > len(values) or not (
            (japanese and japanese.score > 0.75) or _detected(values)
        ):
            return None
    return values


def _is_utf_8(value: bytes) -> bool:
    try:
        return _UTF_8_LETTER.search(value.decode()) is not None
    except UnicodeDecodeError:
        return False


def _top(path: Path) -> bytes:
    """The first lines, where headings stand."""
    with path.open("rb") as file:
        return b"".join(file.readline(LONGEST_LINE) for _ in range(3))


def _languages(top: str) -> frozenset[str]:
    """The languages of which the first lines have words that are headings there."""
    bare = unicodedata.normalize("NFD", top.lower())
    words = set(
        re.findall(
            "[a-z]{2,}", "".join(c for c in bare if c < "\u0300" or c > "\u036f")
        )
    )
    return frozenset(
        language
        for language, known in HEADING_WORDS.items()
        if len(words.intersection(known)) >= 2
    )


def _read(page: str, values: Counter[bytes], top: bytes) -> _Reading | None:
    codec, languages = PAGES[page]
    spoken = _languages(top.decode(codec, "ignore"))
    texts, total = [], 0.0
    shares = dict.fromkeys(languages, 0.0)
    failed = 0
    for value, count in values.items():
        try:
            text = value.decode(codec)
        except UnicodeDecodeError:
            failed += count
            continue
        texts.append(text)
        score, fitting = _explained(text, languages)
        total += score
        for language in fitting:
            shares[language] += score
    if failed > _SLIP_RATE * values.total():
        return None
    one = max(shares.values())
    heard = max((shares[name] for name in spoken if name in shares), default=0.0)
    score = (2 * one + total) / 3 + heard / 5
    return _Reading(page, tuple(texts), score / len(values))


def _explained(text: str, languages: tuple[str, ...]) -> tuple[float, list[str]]:
    """How well a value is written, and in which of the languages that may be."""
    if languages == ("ja",):
        score = 0.8 if _HALF_WIDTH.search(text) else 1.0
        return (score, ["ja"]) if _is_japanese(text) else (0.0, [])
    odd = {c for c in text if c > "\x7f"}
    letters = {c.lower()[0] for c in odd - _SYMBOLS if c.isalpha()} - {"i"}
    if _has_misplaced(text, odd):
        return 0.0, []
    if not letters:
        return (1.0 if "’" in odd else 0.8), list(languages)
    fitting = [
        name
        for name in languages
        if letters <= set(ALPHABETS[name])
        and not (name in IMPOSSIBLE and IMPOSSIBLE[name].search(text.lower()))
    ]
    scores = [_spelling(word) for word in _WORD.findall(text) if not word.isascii()]
    return min(scores, default=0.0) if fitting else 0.0, fitting


def _has_misplaced(text: str, odd: set[str]) -> bool:
    """Whether a sign stands in it that nobody writes, or not there."""
    return bool(
        any(not c.isalpha() for c in odd - _SYMBOLS)
        or _MISPLACED.search(text)
        or ("¿" in odd and "?" not in text)
        or ("¡" in odd and "!" not in text)
        or len(_APOSTROPHE.findall(text)) < text.count("’")
    )


def _spelling(word: str) -> float:
    """Whether capitals stand where they may, and vowels between consonants."""
    bare = [unicodedata.normalize("NFD", c)[0] for c in word.lower()]
    is_of_two_scripts = len({c.isascii() for c in bare if c not in _NO_MARK}) > 1
    if is_of_two_scripts or not _has_capitals_in_place(word):
        return 0.0
    if len(word) == 1:
        return 0.3
    run, has_odd, last = 0, False, None
    for letter, plain in zip(word.lower(), bare, strict=False):
        is_vowel = plain in _VOWELS
        run, has_odd = (run, has_odd) if is_vowel == last else (0, False)
        run, has_odd, last = run + 1, has_odd or letter > "\x7f", is_vowel
        if run >= 3 and has_odd and "ß" not in word:
            return 0.7
    # Contractions of English, read in the wrong page, end so.
    return 0.9 if word.lower().endswith(("ís", "ít", "ô")) else 1.0


def _has_capitals_in_place(word: str) -> bool:
    """McÉ is none: a capital beyond ASCII begins a word, or stands among capitals."""
    if word.isupper() or word[1:].islower():
        return True
    among = [c for c in word if c.isascii()]
    small = [c for c in word[1:] if c > "\x7f" and c.islower()]
    large = [c for c in word[1:] if c > "\x7f" and c.isupper()]
    if large and any(c.islower() for c in word):
        return False
    return not (small and len(among) > 1 and all(map(str.isupper, among)))


def _is_japanese(text: str) -> bool:
    odd = {c for c in text if c > "\x7f"}
    if _BESIDE_SMALL.search(text) or not odd:
        return False
    if any(map(_HALF_WIDTH.match, odd)):
        is_all = len(odd) > 1 and all(map(_HALF_WIDTH.match, odd))
        return is_all and not re.search("[A-Za-z]", text)
    return all(map(_JAPANESE.match, odd))


def _detected(values: Iterable[bytes]) -> str | None:
    """What charset-normalizer takes it for, of the scripts without an alphabet."""
    text = b"\n".join(values)
    found = from_bytes(text, cp_isolation=[*IDEOGRAPHS.values()]).best()
    if found is None:
        return None
    read = str(found)
    written = sum("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in read)
    beyond = sum(c > "\x7f" for c in read)
    if written < 0.8 * beyond or len(_BESIDE_SMALL.findall(read)) * 20 > beyond:
        return None
    return next((n for n, codec in IDEOGRAPHS.items() if codec == found.encoding), None)
