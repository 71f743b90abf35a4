"""What data of zlib unfold to, without keeping any of it."""

import zlib
from collections.abc import Collection
from typing import Final, NamedTuple

from models.findings import Reason

_SPARE: Final = 16  # bytes that may follow the last pixel
_SUM: Final = 4  # bytes of Adler's sum
_PORTION: Final = 1 << 24  # bytes that are unpacked at once, and then let go
_PORTIONS: Final = 8


class Inflation(NamedTuple):
    """What data of zlib unfold to: how many bytes, and what was wrong with them."""

    size: int
    reason: Reason | None


def inflation(data: bytes, *, needed: Collection[int] = (), summed: bool = True) -> Inflation:
    """Unfold data of zlib, at most 128 MB of them; no byte is kept.

    Args:
        data: As stored; an empty stream lacks nothing.
        needed: Numbers of bytes that are enough: the codes need not end behind them, but unfold to hardly more.
        summed: Whether the bytes must have the sum that is stated; none need be stated.

    Returns:
        TRUNCATED for codes that do not end, DAMAGED for wrong ones, and for bytes that do not have their sum.
    """
    if data and (data[0] & 15 != zlib.DEFLATED or int.from_bytes(data[:2]) % 31):  # RFC 1950, 2.2
        return Inflation(0, Reason.DAMAGED)
    inflater, rest, total, size = zlib.decompressobj(-zlib.MAX_WBITS), data[2:], 1, 0
    try:
        for _ in range(_PORTIONS):
            portion = inflater.decompress(rest, _PORTION)
            total, size, rest = zlib.adler32(portion, total), size + len(portion), inflater.unconsumed_tail
            if inflater.eof or (not rest and len(portion) < _PORTION):
                break
        else:
            return Inflation(size, None)  # more than a page of pictures needs: it costs more than it can tell
    except zlib.error:
        return Inflation(size, Reason.DAMAGED)
    if not inflater.eof:
        is_enough = any(number <= size <= number + _SPARE for number in needed)
        return Inflation(size, None if is_enough or not data else Reason.TRUNCATED)
    stated = inflater.unused_data[:_SUM]
    agrees = not summed or len(stated) < _SUM or not any(stated) or int.from_bytes(stated) == total
    return Inflation(size, None if agrees else Reason.DAMAGED)
