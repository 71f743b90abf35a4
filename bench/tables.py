"""Tables of figures on stdout: the current run beside the earlier one."""

from collections.abc import Iterable
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

from bench.metrics import Figure
from bench.report import Report, Rows

console = Console(width=160)
_FORMS = MappingProxyType(
    {
        "s": "{:.2f} s",
        "ms": "{:.1f} ms",
        "MB": "{:.0f} MB",
        "pages/min": "{:.1f}",
        "count": "{:.0f}",
        "number": "{:.4f}",
    }
)
errors = Console(stderr=True)


def words(figure: Figure | None) -> str:
    """A figure formatted for people; a dash if there is none."""
    if figure is None or figure.value is None:
        return "-"
    if figure.unit == "share":
        return f"{figure.value:.1%} ({figure.right}/{figure.total})"
    return _FORMS[figure.unit].format(figure.value)


def interval(figure: Figure) -> str:
    """The 95 % interval of a share; empty for other figures."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{figure.low:.1%} - {figure.high:.1%}"


def compared(title: str, figures: Iterable[Figure], before: Report | None) -> Table:
    """Figures now and before."""
    table = Table(title=title, title_justify="left")
    for column in ("figure", "before", "now", "95 % interval now"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for figure in figures:
        earlier = before.figure(figure.name) if before else None
        table.add_row(figure.name, words(earlier), words(figure), interval(figure))
    return table


def observed(title: str, rows: Rows, *, of: int) -> Table:
    """The first observations of a report; `of` is their total number."""
    table = Table(title=f"{title}: {of}", title_justify="left")
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    return table


def heading(made: Report, before: Report | None) -> str:
    """Time, machine and load of a run."""
    here = made.machine
    load = made.load
    earlier = f"{before.began:%Y-%m-%d %H:%M} UTC, commit {before.commit}" if before else "none"
    skipped = "".join(f"\nSKIPPED, so this is no pass: {one}" for one in made.skipped)
    return (
        f"{made.bench}: {made.began:%Y-%m-%d %H:%M} UTC, commit {made.commit}, {made.seconds:.0f} s\n"
        f"{here.cpu}, {here.cores} cores, {here.memory_gb} GiB; load {load.before} before, {load.most} at most, "
        f"{load.after} after\n"
        f"before: {earlier}{skipped}"
    )
