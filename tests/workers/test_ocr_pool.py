import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from fixtures.truth import SAMPLES
from models.errors import EngineError, EngineTimeoutError, FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.ocr.engine import ENGINES, engine_kind
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.perceive.page import made_by
from pipeline.workers.ocr_pool import OcrPool, Pending
from tests.support.engines import (
    DIE,
    DIE_ONCE,
    EAT,
    EAT_ONCE,
    HANG,
    HANG_ONCE,
    OBEDIENT,
    ORDERS,
    READ,
    Colour,
    ObedientEngine,
)
from tests.support.files import encoded, photo

pytestmark = pytest.mark.slow

LIMITS = Limits()
HASTY = Limits(seconds=1.0)


def sheet_of(colour: Colour) -> bytes:
    """A page that tells the engine what to do."""
    return encoded(Image.new("RGB", (300, 200), colour), "PNG")


def text_of(readers: OcrPool, colour: Colour = READ, limits: Limits = LIMITS) -> str:
    """What the engine said: the number of its process and the colour that it saw."""
    (reading,) = readers.start(sheet_of(colour), 1, limits).result()
    return reading.lines[0].text


def process_of(readers: OcrPool) -> int:
    return int(text_of(readers).split()[0])


def pool(**options: int) -> OcrPool:
    return OcrPool(OcrOptions(engine=OBEDIENT), ReaderOptions.model_validate({"processes": 1, **options}))


@pytest.fixture(scope="module")
def readers() -> Iterator[OcrPool]:
    with pool() as held:
        held.warm_up()
        yield held


def test_a_page_is_read_in_another_process(readers: OcrPool) -> None:
    assert process_of(readers) == process_of(readers) != os.getpid()
    assert readers.engine == made_by(ObedientEngine.name)
    assert readers.alphabet == frozenset("0123456789")


def test_a_page_that_kills_its_process_twice_is_an_error_and_the_next_page_is_read(readers: OcrPool) -> None:
    before = process_of(readers)
    with pytest.raises(EngineError, match="died") as caught:
        text_of(readers, DIE)
    assert caught.value.reason is Reason.ENGINE_CRASH
    assert process_of(readers) != before


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(DIE_ONCE, id="dies"),
        pytest.param(HANG_ONCE, id="hangs"),
        pytest.param(EAT_ONCE, id="eats all memory"),
    ],
)
def test_a_page_that_fails_once_is_read_in_a_fresh_process(tmp_path: Path, order: Colour) -> None:
    options = OcrOptions(engine=OBEDIENT, models=tmp_path)
    with OcrPool(options, ReaderOptions(processes=1)) as held:
        before = process_of(held)
        assert int(text_of(held, order, HASTY).split()[0]) != before
        assert (tmp_path / "done").exists()


def test_a_page_that_eats_all_memory_is_an_error_and_the_parent_lives() -> None:
    with pool() as held:
        with pytest.raises(EngineError, match="MemoryError") as caught:
            text_of(held, EAT)
        assert caught.value.reason is Reason.ENGINE_CRASH
        assert process_of(held)


def test_a_crash_is_not_charged_to_the_page_beside_it() -> None:
    with pool(processes=2) as held:
        pages = [held.start(sheet_of(colour), 1, LIMITS) for colour in (READ, DIE, READ, READ, DIE, READ)]
        outcomes = [_ending(page) for page in pages]
    assert outcomes == ["read", "died", "read", "read", "died", "read"]


def _ending(page: Pending) -> str:
    try:
        page.result()
    except EngineError:
        return "died"
    return "read"


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """Even one held in native code that lets no thread and no handler of ours in."""
    code = (
        "from tests.support.engines import HOLD\nfrom tests.workers.test_ocr_pool import *\n"
        "if __name__ == '__main__':\n"
        "    held = pool()\n"
        "    child = process_of(held)\n"
        "    held.start(sheet_of(HOLD), 1, LIMITS)\n"
        "    time.sleep(0.5)\n"
        "    print(child, flush=True)\n"
        "    time.sleep(60)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    root = str(Path(__file__).parents[2])
    chosen = {**os.environ, "PYTHONPATH": root}  # noqa: TID251 - handed to a child process
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=chosen) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=5)
    assert not child.is_running()


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read(readers: OcrPool) -> None:
    before = process_of(readers)
    with pytest.raises(EngineTimeoutError) as caught:
        text_of(readers, HANG, HASTY)
    assert caught.value.reason is Reason.ENGINE_TIMEOUT
    assert caught.value.retryable
    assert process_of(readers) != before
    assert not psutil.pid_exists(before)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        pytest.param("nonsense", "cannot be", id="a confidence that is no number"),
        pytest.param("everywhere", "100000 lines", id="more lines than a page has"),
        pytest.param("fail", "made to fail", id="an error of the engine"),
        pytest.param("a bug", "ZeroDivisionError", id="a bug, told by its kind"),
    ],
)
def test_what_the_engine_does_wrong_crosses_the_wall_and_costs_the_process(
    readers: OcrPool, order: str, message: str
) -> None:
    before = process_of(readers)
    with pytest.raises(EngineError, match=message) as caught:
        text_of(readers, ORDERS[order])
    assert caught.value.reason is Reason.ENGINE_CRASH
    assert process_of(readers) != before  # an engine that failed is not trusted with another page


def test_a_refusal_costs_no_process(readers: OcrPool) -> None:
    before = process_of(readers)
    with pytest.raises(FileRejectedError):
        readers.start(b"text", 1, LIMITS).result()
    assert process_of(readers) == before


class Poison(bytes):
    """A page that a process cannot even receive: it ends, or stops, while it does."""

    order: tuple[Callable[..., Any], tuple[Any, ...]]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.order


class Deadly(Poison):
    order = (os._exit, (1,))


class Stunning(Poison):
    order = (time.sleep, (600,))


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        pytest.param(Deadly(), Reason.ENGINE_CRASH, id="that ends"),
        pytest.param(Stunning(), Reason.ENGINE_TIMEOUT, id="that stops"),
    ],
)
def test_a_page_is_not_waited_for_forever_by_a_process(poison: bytes, reason: Reason) -> None:
    """Pebble tells of neither: the task was never begun, and a neighbour of the same pool would hide it."""
    options = ReaderOptions(processes=2, start_seconds=2.0)
    with OcrPool(OcrOptions(engine=OBEDIENT), options) as held:
        held.warm_up()
        beside = held.start(sheet_of(HANG), 1, Limits(seconds=30.0))
        begun = time.monotonic()
        with pytest.raises(EngineError) as caught:
            held.start(poison, 1, Limits(seconds=0.2)).result()
        assert caught.value.reason is reason
        assert time.monotonic() - begun < 10
        assert text_of(held)
    with pytest.raises(EngineError, match="were ended"):
        beside.result()


def test_processes_that_die_with_nothing_to_do_are_replaced(readers: OcrPool) -> None:
    for _ in range(2):
        psutil.Process(process_of(readers)).kill()
        assert text_of(readers)


def test_readers_that_were_closed_say_so() -> None:
    with pool() as held:
        pass
    with pytest.raises(EngineError, match="were ended"):
        text_of(held)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", Reason.EMPTY, id="empty"),
        pytest.param(b"text", Reason.TYPE, id="no picture"),
        pytest.param(photo()[:5000], Reason.TRUNCATED, id="cut short"),
    ],
)
def test_why_a_file_is_refused_crosses_the_wall(readers: OcrPool, data: bytes, reason: Reason) -> None:
    with pytest.raises(FileRejectedError) as caught:
        readers.start(data, 1, LIMITS).result()
    assert caught.value.reason is reason


def test_a_file_that_cannot_be_counted_crosses_the_wall(readers: OcrPool) -> None:
    assert readers.count(sheet_of(READ), LIMITS) == 1
    with pytest.raises(FileRejectedError) as caught:
        readers.count(b"", LIMITS)
    assert caught.value.reason is Reason.EMPTY


def test_pages_of_many_callers_are_never_mixed_up(readers: OcrPool) -> None:
    colours = [(number, 200, 255 - number) for number in range(40)]
    with ThreadPoolExecutor(8) as callers:
        texts = list(callers.map(lambda colour: text_of(readers, colour), colours))
    assert [text.split()[1] for text in texts] == [",".join(map(str, colour)) for colour in colours]


def test_a_process_that_grew_too_large_makes_room_and_no_page_is_lost() -> None:
    with pool(memory_mb=1) as held:
        pages = [held.start(sheet_of(READ), 1, LIMITS) for _ in range(3)]
        assert len({page.result()[0].lines[0].text.split()[0] for page in pages}) == 3


def test_a_process_that_read_enough_makes_room() -> None:
    with pool(pages_per_process=1) as held:
        assert process_of(held) != process_of(held)


def test_closing_ends_the_processes() -> None:
    with pool() as held:
        reading = process_of(held)
        assert psutil.pid_exists(reading)
    assert not psutil.pid_exists(reading)


def test_an_engine_is_a_row_of_the_table_or_of_a_module() -> None:
    assert engine_kind("openvino") is ENGINES["openvino"]
    assert engine_kind(OBEDIENT).name(OcrOptions()) == ObedientEngine.name
    with pytest.raises(KeyError):
        engine_kind("unknown")


@pytest.mark.ocr
def test_a_page_whose_process_was_killed_is_read_by_a_fresh_one() -> None:
    card = (SAMPLES / "accepted-flatbed" / "id-emblem.jpg").read_bytes()
    with OcrPool(OcrOptions(), ReaderOptions(processes=1)) as held:
        held.warm_up()
        pending = held.start(card, 1, LIMITS)
        for child in psutil.Process().children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        (reading,) = pending.result()
    assert any("签发机关" in line.text for line in reading.lines)
    assert Path(reading.engine).parts[0].startswith("openvino-")
