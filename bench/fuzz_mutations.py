"""Mutations for fuzzing: a corpus input changed in a few random places; the same seed gives the same changes."""

import json
import random
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

LONGEST: Final = 256 * 1024  # bytes; larger inputs are slower and reach no further code
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_FRAME: Final = 12  # bytes of a PNG chunk that its length field does not count
_EDGES: Final = (0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
_NUMBER: Final = re.compile(rb"\d+")
_ODD: Final[Sequence[object]] = (
    *(None, True, 0, -1, 1e308, 10**400, [], {}, [[]], {"": ""}, "", "\x00", "\ud800", "A" * 5000),
    *("2019-02-30", "2026-11-20T09:30:00", "%2e%2e%2f", "../../x", "\u202e"),
)

Change = Callable[[bytes, random.Random], bytes]


def mutated(corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """A corpus input changed one to six times, sometimes joined with the end of another input."""
    data = _chosen(corpus, chance)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(_CHANGES)(data, chance)
    if chance.random() < 0.1:
        other = chance.choice(corpus)
        data = data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]
    if data.startswith(_PNG) and chance.random() < 0.8:
        data = _with_right_sums(data)
    return data[:LONGEST]


def mutated_json(corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """A corpus input with changed bytes, or with changed JSON values."""
    data = _chosen(corpus, chance)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return mutated(corpus, chance)
    if chance.random() < 0.3:
        return mutated(corpus, chance)
    for _ in range(chance.randint(1, 3)):
        value = _tree_changed(value, chance)
    return json.dumps(value).encode()[:LONGEST]


def _chosen(corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """A random corpus input; the first ones, which are unmutated, are drawn more often."""
    return corpus[int(len(corpus) * chance.random() ** 2)]


def _tree_changed(value: Any, chance: random.Random) -> Any:
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        wrapped = {"Message": json.dumps(value)}
        return chance.choice((chance.choice(_ODD), [value], {"Records": [value]}, wrapped))
    at = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    made = dict(value) if isinstance(value, dict) else list(value)
    if chance.random() < 0.15:
        del made[at]
    elif isinstance(made, list) and chance.random() < 0.2:
        made = made * chance.randint(2, 40)
    else:
        made[at] = _tree_changed(made[at], chance)
    return made


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at : at + 1]) + data[at + 1 :]


def _write(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    word = struct.pack(chance.choice(("<I", ">I")), chance.choice(_EDGES))[chance.choice((0, 2, 3)) :]
    return data[:at] + word + data[at + len(word) :]


def _drop(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + data[at + chance.randint(1, 64) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    piece = data[at : at + chance.randint(1, 64)]
    return data[:at] + piece * chance.randint(2, 20) + data[at:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + chance.randbytes(chance.randint(1, 32)) + data[at:]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _at(data, chance)] if chance.random() < 0.2 else data


def _renumber(data: bytes, chance: random.Random) -> bytes:
    """Replace a decimal number by another one, as in PDF and JSON."""
    found = list(_NUMBER.finditer(data[:LONGEST]))
    if not found:
        return data
    one = chance.choice(found)
    return data[: one.start()] + str(chance.choice(_EDGES)).encode() + data[one.end() :]


def _at(data: bytes, chance: random.Random) -> int:
    """A random position; half of the time near the beginning, where headers are."""
    return chance.randint(0, min(len(data), 200) if chance.random() < 0.5 else len(data))


def _with_right_sums(png: bytes) -> bytes:
    """The same PNG with correct checksums, so that decoders do not reject its chunks at once."""
    made, at = [png[: len(_PNG)]], len(_PNG)
    while at + _PNG_FRAME <= len(png):
        length = int.from_bytes(png[at : at + 4])
        body = png[at + 4 : at + 8 + length]
        made.append(png[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at += length + _PNG_FRAME
    return b"".join(made)


_CHANGES: Final[Sequence[Change]] = (_flip, _write, _drop, _repeat, _insert, _cut, _renumber)
