"""What lies in a folder: files that are read, what is passed over, what is no file."""

import errno
import fnmatch
import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

# What is no delivery, by its name in any case: hidden, still being written, or left
# behind by an editor, an office program or a system.
_PASSED_OVER = (
    ".*", "_*", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.tmp",
    "*~", "~$*", "#*#", "thumbs.db", "ehthumbs.db", "desktop.ini",
    "lost+found", "$recycle.bin", "system volume information",
)  # fmt: skip
_IS_PASSED_OVER = re.compile(
    "|".join(map(fnmatch.translate, _PASSED_OVER)), re.IGNORECASE
)
_KINDS = {
    stat.S_IFREG: "a file", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip
# The time of a file that has none; and the last that a time can be.
NEVER = datetime(1970, 1, 1)
_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class NoFile(Exception):
    """What lies there is no file that may be opened; the message says what it is."""


def is_passed_over(name: str) -> bool:
    """Whether what is called so is no delivery, whatever is in it."""
    return _IS_PASSED_OVER.fullmatch(name) is not None


def check_file(path: Path) -> None:
    """Raise NoFile where one must not wait for what opening it would bring.

    A pipe gives nothing until somebody writes, a device may never end. OSError where
    nothing is there, or nobody may look.
    """
    what = kind_of(path)
    if what not in ("a file", "a link to a file"):
        raise NoFile(f"is {what}")


def is_written(file: Path) -> bool:
    """Whether there is such a file of what people write.

    Raises ValueError where what lies there is none: a link that leads nowhere is no
    file that was never written. OSError where nobody may look.
    """
    if not os.path.lexists(file):
        return False
    try:
        check_file(file)
    except NoFile as error:
        raise ValueError(
            f"{file} {error}; expected a CSV file: put one in its place, or remove it"
        ) from None
    return True


def kind_of(path: Path) -> str:
    """`a file`, `a link to a folder`, `a named pipe` … Raises OSError."""
    link = "a link to " if path.is_symlink() else ""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if not link:
            raise
        if error.errno == errno.ELOOP:
            return "a link that leads back to itself"
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise
        target = os.fsencode(path.readlink()).decode(errors="backslashreplace")
        return f"a link that leads nowhere, to {target}"
    return link + _KINDS.get(stat.S_IFMT(mode), "no file")


def stamp(path: Path) -> tuple[int, datetime]:
    """Size and time of a file; of what is none, when it was put there."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            found = path.lstat()
    except OSError:
        try:
            found = path.lstat()
        except OSError:
            return 0, NEVER
    size = found.st_size if stat.S_ISREG(found.st_mode) else 0
    seconds = max(0, min(found.st_mtime, _LAST))
    return size, datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
