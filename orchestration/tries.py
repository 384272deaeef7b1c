"""Another try of a step, later and later, where what went wrong may pass by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import dagster as dg

from ingestion.passing import may_pass
from orchestration import progress

# Ten minutes in all: who waits in line for the warehouse waits for these too.
PAUSES = (30, 120, 450)


@contextmanager
def tried_again(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Have Dagster begin the step again after a pause, where that may help.

    It does not where a test failed or a setting is wrong. Then the step fails, and what
    the page says of it first is the cause, not that an op raised an error.
    """
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        tried = context.retry_number
        if tried >= len(PAUSES) or not may_pass(error):
            raise dg.Failure(_in_words(error)) from error
        _show_once(context.run_id, str(error), tried)
        raise dg.RetryRequested(len(PAUSES), PAUSES[tried]) from error


def show_pause(why: str, tried: int) -> None:
    """Say what did not work, and when it is tried again."""
    said = " ".join(why.split())
    if len(said) > 300:
        said = f"{said[:300]} …"
    progress.show(
        "wait", f"{said}; try {tried + 2} of {len(PAUSES) + 1} in {PAUSES[tried]} s"
    )


def _in_words(error: Exception) -> str:
    """What an error says, with its name where it was not written to be read."""
    said = progress.printable(error)
    return said if isinstance(error, ValueError) else f"{type(error).__name__}: {said}"


@lru_cache(maxsize=100)
def _show_once(run: str, why: str, tried: int) -> None:
    """Where the store of one source does not answer, those of others do not."""
    show_pause(why, tried)
