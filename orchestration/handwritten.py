"""CSV files that people write: their lines by heading, read strictly."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ingestion.found import is_written

_RECORD_ID = re.compile(r"[a-z0-9_]+[.][a-z0-9_]+:.+")


def lines(file: Path, *headings: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The number and the trimmed values of each line that has any.

    A line has the number of its last row of text. Raises ValueError with file, line and
    what was expected: the `headings`, as many values as there are headings, UTF-8, and
    quotes that are closed.
    """
    is_written(file)
    expected = ",".join(headings)
    before = 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(opened, strict=True)
        try:
            found = [heading.strip().lower() for heading in next(reader, [])]
            if not set(headings) <= set(found):
                raise ValueError(
                    f"{file}, line 1: the headings are {','.join(found) or 'missing'};"
                    f" expected {expected}"
                )
            twice = {heading for heading in found if found.count(heading) > 1} - {""}
            if twice:
                raise ValueError(
                    f"{file}, line 1: {', '.join(sorted(twice))} is there twice;"
                    " expected each heading once"
                )
            before = reader.line_num
            for row in reader:
                before = reader.line_num
                values = [value.strip() for value in row]
                if not any(values):
                    continue
                if len(values) != len(found):
                    raise ValueError(
                        f"{file}, line {reader.line_num}: {len(values)} values;"
                        f" expected {len(found)}, for {','.join(found)}"
                    )
                yield reader.line_num, dict(zip(found, values, strict=True))
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{file}, after line {before}: {error.reason}; expected a CSV file in"
                " UTF-8"
            ) from None
        except csv.Error as error:
            raise ValueError(
                f"{file}, line {before + 1}: {error}; expected {expected}, with commas"
                " between and quotes closed"
            ) from None


def record_id(file: Path, line: int, heading: str, value: str) -> str:
    """The value, where it is written as a record id; raises ValueError elsewhere."""
    if not _RECORD_ID.fullmatch(value):
        raise ValueError(
            f"{file}, line {line}: {heading} is {value!r}; expected"
            " <source>.<type>:<key>, as in identity.records"
        )
    return value
