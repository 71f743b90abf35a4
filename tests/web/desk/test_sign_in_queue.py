"""Whose password is checked next, and what guesses cost those who know theirs."""

import asyncio
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import httpx
import pytest

from tests.support.desk import Desk, desk, ledger
from tests.support.people import PASSWORD
from web.desk.request_context import PageError
from web.desk.sign_in_queue import SignInQueue

__all__ = ["desk", "ledger"]  # fixtures
LOOPS, RIGHT = 12, 8


def order(waiting: Sequence[tuple[str, str]], later: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str] | None]:
    """The order in which these are called, who come while another one is checked; None at the end for each refused.

    Args:
        later: Come one by one, the first beside those that wait, each other one while one of them is checked.
    """
    called: list[tuple[str, str] | None] = []
    refused: list[None] = []
    coming = iter(later)

    async def come(queue: SignInQueue, group: asyncio.TaskGroup, who: tuple[str, str]) -> None:
        try:
            async with queue.turn(*who):
                called.append(who)
                await let_come(queue, group, islice(coming, 1))
        except PageError:
            refused.append(None)

    async def let_come(queue: SignInQueue, group: asyncio.TaskGroup, some: Iterable[tuple[str, str]]) -> None:
        for who in some:
            group.create_task(come(queue, group, who))
        await asyncio.sleep(0)

    async def run() -> None:
        queue = SignInQueue()
        async with asyncio.TaskGroup() as group, queue.turn("first", "first"):
            await let_come(queue, group, [*waiting, *islice(coming, 1)])

    asyncio.run(run())
    return called + refused


A, B, C, D = ("here", "amy"), ("here", "bob"), ("there", "amy"), ("there", "eve")
# One network after the other of one site of IPv6.
SITE = [(f"2001:db8:1:{number:x}::/64", "amy") for number in range(66)]
STAFF = [("10.0.0.1", name) for name in ("amy", "bob", "otto")]  # of a hospital behind one address


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([A, A, A, C], [A, C, A, A], id="addresses take turns"),
        pytest.param([A, A, A, B], [A, B, A, A], id="names of an address take turns"),
        pytest.param([A, A, B, C, D], [A, C, B, D, A], id="both"),
        pytest.param([A] * 18, [A] * 16 + [None] * 2, id="of one name at one address so many wait"),
        pytest.param([A] * 17 + [B], [A, B, *[A] * 15, None], id="and hold up no other name"),
        pytest.param([*SITE[:4], A, A, C], [SITE[0], A, C, SITE[1], A, *SITE[2:4]], id="sites take turns"),
        pytest.param([*SITE, A], [SITE[0], A, *SITE[1:64], None, None], id="at the addresses of one site so many wait"),
    ],
)
def test_turns(waiting: list[tuple[str, str]], expected: list[tuple[str, str] | None]) -> None:
    assert order(waiting) == expected


@pytest.mark.parametrize(
    ("waiting", "later", "expected"),
    [
        pytest.param(STAFF, [(f"10.1.0.{number}", "x") for number in range(200)], [0, 2, 5], id="addresses of IPv4"),
        pytest.param(
            STAFF, [(f"2001:db8:{number:x}::/64", "x") for number in range(200)], [0, 2, 5], id="sites of IPv6"
        ),
        pytest.param(STAFF, [(f"2001:db8:1:{number:x}::/64", "x") for number in range(200)], [0, 2, 4], id="one site"),
        pytest.param([*SITE[:40], *STAFF], SITE[40:], [1, 3, 5], id="one site that was there before"),
        pytest.param([*STAFF, *[("10.0.0.9", "x")] * 9], [], [0, 2, 4], id="one who comes again and again"),
    ],
)
def test_who_comes_later_holds_up_no_site_for_ever(
    waiting: list[tuple[str, str]], later: list[tuple[str, str]], expected: list[int]
) -> None:
    called = order(waiting, later)
    assert [called.index(who) for who in STAFF] == expected


def test_an_address_that_was_often_wrong_waits_for_those_that_were_not() -> None:
    called: list[str] = []

    async def come(queue: SignInQueue, address: str) -> None:
        async with queue.turn(address, "amy"):
            called.append(address)

    async def run() -> None:
        queue = SignInQueue()
        for address, rights in (
            ("oftener", [False] * 5),
            ("often", [False] * 4),
            ("thrice", [False] * 3),
            ("mended", [False] * 6 + [True]),
        ):
            for right in rights:
                queue.note(address, right=right)
        async with asyncio.TaskGroup() as group, queue.turn("first", "first"):
            for address in ("oftener", "often", "thrice", "mended", "oftener", "new"):
                group.create_task(come(queue, address))
            await asyncio.sleep(0.01)

    asyncio.run(run())
    assert called == ["thrice", "mended", "new", "often", "oftener", "oftener"]


def test_one_who_goes_away_while_waiting_holds_up_nobody() -> None:
    called: list[str] = []

    async def come(queue: SignInQueue, address: str, name: str) -> None:
        async with queue.turn(address, name):
            called.append(name)

    async def run() -> None:
        queue = SignInQueue()
        async with asyncio.TaskGroup() as group, queue.turn("a", "a"):
            gone, *_ = [
                group.create_task(come(queue, *who)) for who in (("b", "gone"), ("b", "colleague"), ("c", "stranger"))
            ]
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(run(), 30))
    assert called == ["colleague", "stranger"]


def test_loops_of_guesses_keep_nobody_out_who_knows_their_password(desk: Desk) -> None:
    over = threading.Event()
    with desk.answering() as port, ThreadPoolExecutor(LOOPS) as pool:
        here = f"http://127.0.0.1:{port}"

        def sign_in(client: httpx.Client, name: str, password: str) -> int:
            form = {"name": name, "password": password}
            return client.post(f"{here}/login", data=form, headers={"Origin": here}).status_code

        def guess(number: int) -> None:
            with httpx.Client(timeout=60) as client:
                while not over.is_set():
                    sign_in(client, ("otto", "nobody", "bob")[number % 3], "wrong")

        loops = [pool.submit(guess, number) for number in range(LOOPS)]
        with httpx.Client(timeout=60) as client:
            try:
                began = time.monotonic()
                assert [sign_in(client, "amy", PASSWORD) for _ in range(RIGHT)] == [303] * RIGHT
                seconds = (time.monotonic() - began) / RIGHT
            finally:
                over.set()
        for loop in loops:
            loop.result()
    assert seconds < 5.0  # within one on a quiet machine; guesses alone would hold it up for as long as they last
