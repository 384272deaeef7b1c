"""Random streams, each fixed by the seed, its purpose, its day."""

from enum import IntEnum

import numpy as np
import pyarrow as pa


class Purpose(IntEnum):
    """What a random stream is for; a number is never given to another purpose."""

    PEOPLE = 1
    CAST = 2
    DEVICES = 3
    PLAN = 4
    CRM = 5
    VISITS = 6
    STEPS = 7
    ORDERS = 8
    EVENTS = 9
    ADS = 10
    LOG = 11
    ROLES = 12
    SHOPIFY = 13
    CLUB = 14
    HELP_DESK = 15
    SALESFORCE = 16
    PIPEDRIVE = 17
    NEWSLETTERS = 18
    TEXTS = 19
    SOCIAL = 20
    REGISTERS = 21
    SMALL_NETWORKS = 22


def stream(seed: int, purpose: Purpose, day: int = 0) -> np.random.Generator:
    """The generator of one purpose on one day: independent of every other one."""
    return np.random.default_rng([seed, int(purpose), day])


def weighted(
    rng: np.random.Generator, running_total: np.ndarray, count: int
) -> np.ndarray:
    """`count` positions, each as likely as its weight; the weights come summed up."""
    drawn = rng.random(count) * running_total[-1]
    return np.searchsorted(running_total, drawn, side="right")


def uuids(rng: np.random.Generator, count: int) -> pa.Array:
    """`count` random identifiers in the 8-4-4-4-12 form."""
    digits = np.frombuffer(rng.bytes(16 * count).hex().encode(), np.uint8)
    text = np.full((count, 36), ord("-"), np.uint8)
    for source, target, width in ((0, 0, 8), (8, 9, 4), (12, 14, 4), (16, 19, 4)):
        text[:, target : target + width] = digits.reshape(count, 32)[
            :, source : source + width
        ]
    text[:, 24:] = digits.reshape(count, 32)[:, 20:]
    ends = pa.py_buffer(np.arange(0, 36 * count + 1, 36, dtype=np.int32))
    return pa.StringArray.from_buffers(count, ends, pa.py_buffer(text.tobytes()))


def pick(
    values: pa.Array, positions: np.ndarray, known: np.ndarray | None = None
) -> pa.Array:
    """The values at `positions`; null where `known` is false."""
    mask = None if known is None else ~known
    return values.take(pa.array(positions, mask=mask))
