"""The hospital's secret: what it hides, and that nothing is found or read without it."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import LedgerError
from pipeline.ledger.value_encryption import Kind, Seal

SEAL, OTHER = Seal(bytes(range(32))), Seal(bytes(32))
NUMBER = "11019920191123002X"


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_never_looks_alike(record: bytes) -> None:
    first, second = SEAL.encrypt(record), SEAL.encrypt(record)
    assert SEAL.decrypt(first) == SEAL.decrypt(second) == record
    assert first != second
    assert len(record) < 4 or record not in first


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), id="a bit of the tag"),
        pytest.param(lambda sealed: bytes([sealed[0] ^ 1]) + sealed[1:], id="a bit of the nonce"),
        pytest.param(lambda sealed: sealed[:14] + bytes([sealed[14] ^ 1]) + sealed[15:], id="a bit of the record"),
        pytest.param(lambda sealed: sealed[:20], id="cut short"),
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: OTHER.encrypt(NUMBER.encode()), id="sealed under another secret"),
    ],
)
def test_what_was_altered_does_not_open_and_is_not_quoted(harm: object) -> None:
    assert callable(harm)
    with pytest.raises(LedgerError, match="damaged") as caught:
        SEAL.decrypt(harm(SEAL.encrypt(NUMBER.encode())))
    assert NUMBER not in "".join(traceback.format_exception(caught.value))


def test_a_key_is_of_one_kind_one_text_and_one_secret() -> None:
    keys = {seal.key(kind, text) for seal in (SEAL, OTHER) for kind in Kind for text in (NUMBER, "T110000000")}
    assert len(keys) == 2 * len(Kind) * 2
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)
    assert Seal(bytes(range(32))).key(Kind.ID_NUMBER, NUMBER) == SEAL.key(Kind.ID_NUMBER, NUMBER)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(LedgerError, match="32 random bytes"):
        Seal(bytes(31))
