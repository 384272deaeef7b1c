"""What goes wrong and may pass by itself, so that another try is worth its time."""

import errno

_NUMBERS = {
    errno.EAGAIN, errno.EBUSY, errno.ECONNABORTED, errno.ECONNREFUSED,
    errno.ECONNRESET, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EIO,
    errno.ENETDOWN, errno.ENETUNREACH, errno.EREMOTEIO, errno.ESTALE, errno.ETIMEDOUT,
}  # fmt: skip
# What DuckDB says of a file that somebody else has open, or of a disk that stumbled;
# and dbt, of which one only has the words.
_SAID = (
    "Could not set lock on file",
    "Conflicting lock is held",
    "Input/output error",
    "Stale file handle",
    "Resource temporarily unavailable",
)
# What a database server says when it will take connections again.
_SERVER_SAID = ("starting up", "shutting down", "too many", "recovery mode")
_NEVER = (ImportError, PermissionError, FileNotFoundError, TypeError, ValueError)


def may_pass(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, may be gone at another try.

    An error that has a word of its own in this (`passing`) is believed.
    """
    while error is not None:
        if (own := getattr(error, "passing", None)) is not None:
            return own
        if isinstance(error, OSError) and error.errno in _NUMBERS:
            return True
        said = str(error)
        if type(error).__name__ == "OperationalError":
            is_refused = "FATAL" in said
            return not is_refused or any(words in said for words in _SERVER_SAID)
        if any(words in said for words in _SAID):
            return True
        error = error.__cause__ or error.__context__
    return False


def store_may_answer(error: Exception) -> bool:
    """Whether a store that gave this error may answer at another try.

    Each kind of store has errors of its own; what says that nobody may come in, or
    that the address is wrong, does not pass.
    """
    if isinstance(error, _NEVER) or "Credentials" in type(error).__name__:
        return False
    if isinstance(error, OSError) and error.errno:
        return error.errno in _NUMBERS
    return True
