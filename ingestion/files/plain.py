"""Makes a plain UTF-8 copy of a file that is packed, encoded or framed otherwise."""

import codecs
import csv
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import duckdb
import openpyxl
import pyarrow
from openpyxl.utils.exceptions import InvalidFileException

from ingestion.sql import file_literal, literal

LONGEST_LINE = 2_000_000  # as read_csv has it
LONGEST_RAW = 10_000
SEARCH_LINES = 20  # for headings
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")
_CHUNK = 1 << 22
_HEAD = 4096
_LARGEST_OBJECT = 64 << 20
_ZIP, _PARQUET = b"PK\x03\x04", b"PAR1"
# By their first bytes; after its level, bzip2 begins its first block with pi.
_PACKED = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "zip": re.compile(re.escape(_ZIP)),
}


class Refused(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


class Unclear(Refused):
    """It can be read in two ways; the other files of its table may show in which."""


@dataclass(frozen=True)
class Reject:
    """A row that went to quarantine; newlines inside a CSV value count no line."""

    line: int
    rule: str
    error: str
    raw: str


@dataclass(frozen=True)
class Plain:
    """A file that DuckDB can read as it stands, and what was done to make it so."""

    path: Path
    steps: tuple[str, ...] = ()
    is_parquet: bool = False
    is_json: bool = False


def make_plain(path: Path, folder: Path, has_headings: bool = True) -> Plain:
    """Unpack, decode and reframe `path` into `folder`, as far as it needs it.

    gzip, zstd, bz2 and a zip archive of one file are unpacked; UTF-16 is decoded; of a
    workbook the first sheet that holds anything becomes CSV; a JSON array becomes JSON
    lines. `has_headings` is false where a table holds lines of text. Raises Refused for
    what holds no rows.
    """
    steps: list[str] = []
    current = path

    def step(name: str, write: Callable[[Path, Path], None]) -> None:
        nonlocal current
        target = folder / f"{path.name}.{len(steps)}"
        folder.mkdir(parents=True, exist_ok=True)
        write(current, target)
        if current != path:
            current.unlink()
        current = target
        steps.append(name)

    try:
        while name := _packing(head := _head(current)):
            if name == "zip":
                if _is_workbook(current) and has_headings:
                    break
                step("zip", _write_zipped_file)
            else:
                step(name, _unpack(name))
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise Refused(
            f"the archive is cut off or damaged ({error}); deliver it again"
        ) from error
    if head.startswith(_PARQUET):
        return Plain(current, tuple(steps), is_parquet=True)
    if head.startswith(_ZIP):
        step("xlsx", _write_first_sheet)
    elif encoding := _utf_16(head):
        step("utf-16", _decoder(encoding))
    start = _head(current).removeprefix(codecs.BOM_UTF8).lstrip()
    if has_headings and re.match(rb"\[\s*[{\]]", start):
        step("json array", _write_json_lines)
        return Plain(current, tuple(steps), is_json=True)
    return Plain(current, tuple(steps), is_json=start.startswith(b"{"))


def short_lines(file: TextIO) -> Iterator[str]:
    """The lines of a text, each cut off at LONGEST_LINE."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(_CHUNK)


def sieve_lines(path: Path, folder: Path) -> tuple[Path, list[Reject]]:
    """A copy whose every line is short and valid UTF-8, and what was left empty.

    A refused line keeps its place as an empty one; its bytes that are no text stand in
    the reject as `\\x80`. Memory stays that of one line at most LONGEST_LINE long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, rejects, number = folder / f"{path.name}.lines", [], 0
    with path.open("rb") as file, target.open("wb") as out:
        while line := file.readline(LONGEST_LINE):
            number += 1
            body, error = line.removesuffix(b"\n").removesuffix(b"\r"), None
            if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
                error = f"longer than {LONGEST_LINE:,} bytes"
                while rest := file.readline(_CHUNK):
                    if rest.endswith(b"\n"):
                        break
            elif b"\0" in body or b"\r" in body:
                error = "with NUL bytes or carriage returns inside"
            elif not _is_utf_8(body):
                error = "not UTF-8"
            if error:
                raw = body[:LONGEST_RAW].decode(errors="backslashreplace")
                raw = raw.replace("\0", "\\x00").replace("\r", "\\r")
                rejects.append(Reject(number, "encoding", f"the line is {error}", raw))
                body = b""
            out.write(body + b"\n")
    return target, rejects


def _is_utf_8(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _packing(head: bytes) -> str | None:
    return next((name for name, magic in _PACKED.items() if magic.match(head)), None)


def _utf_16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: of what parts values and lines, every second byte is zero, and
    # where the other bytes are letters, the pairs are letters and signs.
    head = head[: len(head) // 2 * 2]
    for encoding, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if others.count(0) or zeros.count(0) * 20 < len(zeros):
            continue
        text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
        odd = sum(
            unicodedata.category(c) in _NO_TEXT and c not in "\r\n\t" for c in text
        )
        if odd == 0 and ("\n" in text or "," in text):
            return encoding
    return None


def _unpack(name: str) -> Callable[[Path, Path], None]:
    def write(path: Path, target: Path) -> None:
        with (
            pyarrow.CompressedInputStream(str(path), name) as packed,
            target.open("wb") as out,
        ):
            while chunk := packed.read(_CHUNK):
                out.write(chunk)

    return write


def _is_workbook(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        raise Refused(
            "the file is a zip archive that is cut off or damaged; unpack it and"
            " deliver what it holds"
        )
    with zipfile.ZipFile(path) as archive:
        return any(name.startswith("xl/") for name in archive.namelist())


def _write_zipped_file(path: Path, target: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        # A Mac adds notes of its own to every file.
        held = [
            info
            for info in archive.infolist()
            if not info.is_dir() and not info.filename.startswith("__MACOSX/")
        ]
        if len(held) != 1:
            raise Refused(
                f"the file is a zip archive of {len(held)} files, expected one; unpack"
                " it and deliver what it holds"
            )
        try:
            with archive.open(held[0]) as packed, target.open("wb") as out:
                while chunk := packed.read(_CHUNK):
                    out.write(chunk)
        except (RuntimeError, NotImplementedError) as error:
            raise Refused(
                f"the file is a zip archive that cannot be opened ({error}); unpack it"
                " and deliver what it holds"
            ) from None


def _decoder(encoding: str) -> Callable[[Path, Path], None]:
    def write(path: Path, target: Path) -> None:
        decode = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file, target.open("wb") as out:
            try:
                while chunk := file.read(_CHUNK):
                    out.write(decode.decode(chunk).encode())
                out.write(decode.decode(b"", final=True).encode())
            except UnicodeError:
                raise Refused(
                    f"the file is {encoding.upper()} but damaged or cut off;"
                    " export it and deliver it again"
                ) from None

    return write


def _write_first_sheet(path: Path, target: Path) -> None:
    try:
        # By its path, openpyxl takes no file with another name.
        with (
            path.open("rb") as file,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            writer = csv.writer(out, lineterminator="\n")
            for sheet in workbook.worksheets:
                sheet.reset_dimensions()  # which may be wrong
                rows = filter(None, map(_row, sheet.iter_rows(values_only=True)))
                top = list(islice(rows, SEARCH_LINES))
                width = max(map(len, top), default=0)
                for row in chain(top, rows):
                    writer.writerow(row + [""] * (width - len(row)))
                if out.tell():
                    break
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Refused(f"the workbook is damaged ({error}); save it again") from None


def _row(cells: tuple) -> list[str]:
    """The texts of a row without the empty cells at its end."""
    row = [_cell_text(cell) for cell in cells]
    while row and not row[-1]:
        row.pop()
    return row


def _cell_text(value: object) -> str:
    """A cell as CSV has it: whole numbers without a point, days without midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ")
        return text.removesuffix(" 00:00:00")
    return str(value)


def _write_json_lines(path: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        try:
            # json_extract writes the object anew, on one line.
            connection.execute(
                "copy (select json_extract(json, '$') from read_json_objects("
                f"{file_literal(path)}, format = 'array', maximum_object_size ="
                f" {_LARGEST_OBJECT})) to {literal(str(target))}"
                " (format csv, header false,"
                " quote '', escape '', delimiter '\x1f')"
            )
        except duckdb.Error as error:
            raise Refused(
                f"the JSON array cannot be read ({str(error).splitlines()[0]});"
                " it is damaged or cut off: export it and deliver it again"
            ) from None
