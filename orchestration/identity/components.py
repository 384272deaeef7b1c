"""Connected components of the pairs of records that belong together."""

import numpy as np
import pyarrow as pa


def connected_components(pairs: pa.RecordBatchReader) -> pa.Table:
    """Label every record with the smallest record it is connected to.

    `pairs`: two columns of integer keys; a record without links is paired with itself.
    Returns (record_key, cluster_key), one row per record, in ascending order. Exact for
    chains of any length; fastest where keys count from near 0.
    Raises ValueError when a key is missing.
    """
    alone, left, right = _read(pairs)
    ends = (alone, left, right)
    low = min(end.min(initial=0) for end in ends)
    high = max(end.max(initial=0) for end in ends)
    if low < 0 or high > 16 * (len(alone) + len(left)):
        keys, numbers = np.unique(np.concatenate(ends), return_inverse=True)
        left, right = np.split(numbers[len(alone) :], 2)
        smallest = keys[_smallest(left, right, len(keys))]
    else:
        is_record = np.zeros(high + 1, bool)
        for end in ends:
            is_record[end] = True
        keys = np.flatnonzero(is_record)
        smallest = _smallest(left, right, len(is_record))[keys]
    return pa.table({"record_key": keys, "cluster_key": smallest})


def _read(pairs: pa.RecordBatchReader) -> list[np.ndarray]:
    """Records paired with themselves, then both ends of the links between two."""
    found: tuple[list, list, list] = ([], [], [])
    for batch in pairs:
        if any(column.null_count for column in batch.columns):
            raise ValueError("a pair of records lacks a key: expected two in every row")
        left, right = (_narrow(column.to_numpy()) for column in batch.columns)
        are_two = left != right
        parts = (left[~are_two], left[are_two], right[are_two])
        for known, part in zip(found, parts, strict=True):
            known.append(part)
    return [np.concatenate([np.empty(0, np.int32), *parts]) for parts in found]


def _narrow(keys: np.ndarray) -> np.ndarray:
    """The same keys in half the memory, where they allow it."""
    is_narrow = -(2**31) <= keys.min(initial=0) <= keys.max(initial=0) < 2**31
    return keys.astype(np.int32) if is_narrow else keys


def _smallest(left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
    """The smallest record connected to each of the records 0 … count - 1.

    Each record hangs from its smallest link, then from the top of its tree. Of the tops
    that are linked at most half are left after two rounds: a top that took in nobody is
    then linked to a smaller one.
    """
    above = np.arange(count, dtype=left.dtype)
    np.minimum.at(above, np.maximum(left, right), np.minimum(left, right))
    higher = above[above]
    while not np.array_equal(higher, above):
        above, higher = higher, np.take(higher, higher, out=above, mode="clip")
    left, right = above[left], above[right]
    are_two = left != right
    if not are_two.any():
        return above
    ends = np.concatenate((left[are_two], right[are_two]))
    tops, numbers = np.unique(ends, return_inverse=True)
    above[tops] = tops[_smallest(*np.split(numbers, 2), len(tops))]
    return np.take(above, above, out=higher, mode="clip")
