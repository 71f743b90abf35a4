"""docs/benchmarks.md, out of the newest committed reports: `make docs` writes it, and a test holds it.

A figure is published by adding its name to a table here; figures without a committed report cannot be.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from bench.metrics import Figure
from bench.report import Report, file_name, newest
from bench.tables import words


class Table(NamedTuple):
    """A table of the page.

    Attributes:
        title: Its heading.
        text: What was measured, in whole sentences.
        bench: The bench that measures it.
        size: The settings of the run to publish, as arguments of the bench.
        rows: What a row says, by the name of its figure.
    """

    title: str
    text: str
    bench: str
    size: Mapping[str, int]
    rows: Mapping[str, str]

    @property
    def command(self) -> str:
        """The command that measures it again."""
        if len(self.size) == 1:
            return f"python -m bench.{self.bench} --count {next(iter(self.size.values()))}"
        chosen = (f"--{name} {count}" for name, count in self.size.items() if name != "staged")
        return f"python -m bench.{self.bench} {' '.join(chosen)}"


_KNOWN, _UNKNOWN = "names in the charset, on {}: {}", "names out of the charset, on {}: {}"
_PASSED: Final = "equal name decided without a person"
_EDITED: Final = "edited, called different or in doubt"
_NEAR: Final = 0.01
_HEAD: Final = """\
# Benchmarks

Written by `make docs` out of the newest committed reports in `bench/results` (`bench/published.py`); a test holds it.
`make bench` runs every bench at a small size in minutes, `make bench-full` at full size in hours; each prints its
figures beside the last run's and writes a report. The interval is the 95 % Wilson interval of a share.

Accuracy is measured on the test split of synthetic [specimens](specimens.md), on which nothing was tuned: whole
submissions as families send them, from scanners, phones and messengers, as copies, with seals over rows and print
beside its cells. **Nothing here was measured on real documents.** Seconds of different tables come from different
machines and loads; compare them within a table only.
"""
TABLES: Final = (
    Table(
        "Decisions and fields",
        "Every scenario and kind of picture. A *good* submission is one that should be accepted; a field is *legible*"
        " if a person can "
        "read it.",
        "accuracy",
        {"submissions": 80},
        {
            "silently wrong: accepted with a wrong field": "accepted with a wrong deciding field",
            "accepted against the truth": "accepted though another decision was right",
            "sent home wrongly": "good submissions returned",
            "good cases left to a person": "good submissions left to a person",
            "decisions right or defensible": "decisions that are right, or defensible where a person could argue",
            "legible fields: exact": "legible fields read word for word",
            "legible fields by document: id_card: exact": "of these on ID cards",
            "legible fields by document: household_register: exact": "in household registers",
            "legible fields by document: birth_certificate: exact": "on birth certificates",
            "legible field: household_register/name: exact": "names in household registers",
            "legible field: household_register/registration_date: exact": "登记日期 under its seal",
            "page kinds of legible pages": "legible pages whose kind was recognised",
            "right of those at a confidence of 0.99 and above": "right among fields with a confidence of at least 0.99",
            "calibration error of field confidence": "calibration error of confidence",
        },
    ),
    Table(
        "Real layouts",
        "Submissions on grounds of fine lines, with watermarks, grey copies, collages, long screenshots, layouts of"
        " several editions, electronic pages and other documents. A *good* submission is one that should be accepted.",
        "reality",
        {"submissions": 150},
        {
            "accepted with a wrong deciding field": "accepted with a wrong deciding field",
            "accepted against the truth": "accepted though another decision was right",
            "good families sent home": "good submissions returned",
            "good families to a person": "good submissions left to a person",
            "decided right": "decisions that are right, or defensible where a person could argue",
            "honest pages on a ground called a screen": "honest pages on a ground that were called a photo of a screen",
            "photocopy on a ground seen as photocopy": "grey copies recognised",
            "both sides, and all their deciding fields right": "both sides of a card on one sheet, with its values",
            "pages in their slot: collage": "pages of collages found, each by its kind",
            "pages in their slot: stitch": "pages of long screenshots",
            "pages in their slot: sheet": "pages that share a scanned sheet",
            "other documents called other": "documents that are none of ours, called so",
            "other documents called one of ours": "called one of ours",
            "watermarked families sent home": "good submissions with a watermark or a note, returned",
            "watermarked pages with all fields right: faint": "pages under a faint watermark with every value right",
            "watermarked pages with all fields right: strong": "under a strong one",
            "watermarked pages with all fields right: by hand": "under a note by pen",
            "certificate number right": "certificate numbers",
            "issue date of the 首页 right": "dates of issue of the 首页",
            "register name right": "names in household registers",
            "valid until right": "ends of validity",
        },
    ),
    Table(
        "Both sides on one sheet",
        "Both sides of an ID card on an A4 sheet, every other one a grey copy at about 100 dpi without borders; on a"
        " fifth, one side lies on its head.",
        "sheets",
        {"sheets": 120},
        {
            "sheets: both sides found": "both sides found",
            "sheets: both sides with all deciding values": "both sides with every deciding value",
            "grey copies: both sides found": "grey copies: both sides found",
            "grey copies: both sides with all deciding values": "grey copies: with every deciding value",
            "colour scans: both sides with all deciding values": "colour scans: with every deciding value",
            "one side on its head: both sides found": "one side on its head: both sides found",
        },
    ),
    Table(
        "Damaged files",
        "Pictures of the samples in every container and coding, cut off, zeroed, shortened, with a flipped bit or with"
        " garbage at a random place; of some, whole cases. A *place* is one picture harmed at one byte.",
        "damage",
        {"places": 100},
        {
            "harmed files that lost something: refused, or the lost part named": "files that lost something, refused"
            " or read with the lost part named",
            "one bit flipped: refused, or the lost part named": "of these, with one bit flipped",
            "lost part named: nothing else is lost": "files whose lost part was named, with nothing else lost",
            "cases: 3002, 影像不清 or a lone 缺页": "cases in which the picture or a missing page is blamed",
            "cases: accepted with a deciding field in the lost part": "accepted with a deciding value in the lost part",
            "cases: our fault": "called our fault",
            "decoding: fault": "files whose decoding failed without a code",
        },
    ),
    Table(
        "PDF pages of any resolution",
        "Pictures of the samples on PDF pages of 36 to 2,400 dpi and of 1 to 14,400 points, in whole cases.",
        "resolution",
        {"pages": 30},
        {
            "pages refused with a code": "pages refused with a code",
            "pages taken: decided as the picture": "pages taken that are decided as the picture itself",
            "pages taken: every deciding value as in the picture": "with every deciding value of the picture",
        },
    ),
    Table(
        "Other documents",
        "Documents that are none of ours, from driving licences to tickets, in place of each needed page and beside a"
        " complete application, under every declaration that a family may choose.",
        "other_documents",
        {"families": 3},
        {
            "documents named, or rightly not": "documents named; papers without a name called other",
            "documents called one of ours": "documents called one of ours",
            "documents called unreadable": "documents called unreadable",
            "in a slot: accepted": "accepted in place of a needed page",
            "in a slot: 3002 or 影像不清": "blamed on the picture: 3002 or 影像不清",
            "in a slot, declared as it: 证件类型不符": "declared as the missing document: 证件类型不符",
            "in a slot, declared otherwise or not: 缺页": "declared otherwise or not at all: 缺页",
            "in a slot, declared as it: named to the parent": "named in the message to the parent",
            "beside a good application: changed": "complete applications changed by one beside them",
        },
    ),
    Table(
        "Strangers, parents in no register, twins",
        "Another family's pages beside a complete application or in place of a page; certificates with a parent who is"
        " not named, foreign, of Hong Kong, Macau or Taiwan, or a soldier, without that parent's page; twins of whom"
        " one is in the register.",
        "families",
        {"families": 13},
        {
            "a stranger's page beside: in review, and named": "a stranger's page beside: in review, and named",
            "a stranger's page in a slot: not accepted": "a stranger's page in place of one: not accepted",
            "a stranger's page in a slot: named": "a stranger's page in place of one: named",
            "a parent in no register: returned": "a parent in no register: returned, for any reason",
            "a parent in no register: 监护待核/parent_without_page": "a named parent in no register: a person asked",
            "twins: 姓名不一致": "twins: 姓名不一致",
            "twins: 4005": "twins: 4005",
        },
    ),
    Table(
        "Passports",
        "Data pages of invented people, every second one Chinese; one in sixteen is a whole page in a scan or a photo,"
        " the others are the head with the number and the machine-readable zone, at 200, 100 and 60 dpi, clean and"
        " harmed.",
        "passports",
        {"passports": 1000},
        {
            "wrong values that check digits confirm": "wrong number, birth or expiry taken as confirmed",
            "number, birth and expiry right, or left to a person": "all three right, or left to a person",
            "confirmed by check digits: number, birth and expiry": "all three confirmed by check digits",
            "whole pages: confirmed": "the same, whole pages",
            "number, birth and expiry right": "all three right, confirmed or not",
            "name in Latin letters right, of those read": "names in Latin letters right, of those read",
            "zone at 60 dpi: confirmed": "zones at 60 dpi: all three confirmed",
            "zone at 200 dpi, harmed: confirmed": "harmed zones at 200 dpi: all three confirmed",
        },
    ),
    Table(
        "Watermarks",
        "Good families who wrote 仅供…使用 over every page, in other kinds than those the reader was made with; faint"
        " ones and strong ones by turns.",
        "watermarks",
        {"submissions": 20},
        {
            "faint: sent home": "faint: returned",
            "faint: to a person": "faint: left to a person",
            "faint: pages with all fields right": "faint: pages with every value right",
            "strong: sent home": "strong: returned",
            "strong: to a person": "strong: left to a person",
            "strong: pages with all fields right": "strong: pages with every value right",
        },
    ),
    Table(
        "Legibility",
        "Pages harmed by blur, glare, shadow and so on, at every level; what a person can read is the truth.",
        "quality",
        {"pages": 324},
        {
            "illegible passed": "illegible values that passed as legible",
            "illegible passed and misread": "of these read as something that is not printed",
            "illegible called something else": "illegible and reported as something else, such as 缺页",
            "legible blocked": "legible and returned as illegible",
            "harm in an empty margin blocked": "returned although the harm reaches nothing that is printed",
            "right reason of those rightly blocked": "right reason, of those returned rightly",
            "right field of those that name one": "right field, of those that name one",
            "blamed box overlaps the value by half": "framed place and value share at least half",
        },
    ),
    Table(
        "Small scans",
        "Undamaged flatbed scans that are four fifths empty bed.",
        "margins",
        {"families": 44},
        {"scans blocked": "scans returned as illegible", "cases accepted": "submissions accepted"},
    ),
    Table(
        "Copies",
        "Plain inner pages of a register are never called a copy.",
        "copies",
        {"pages": 200},
        {
            "screen seen as screen": "photos of a screen recognised",
            "photocopy seen as photocopy": "photocopies recognised",
            "honest pages called a copy": "originals called a copy",
        },
    ),
    Table(
        "Names on pictures",
        "Names on pictures of ID cards, entered rightly, and wrongly with the character that looks most alike.",
        "names",
        {"pictures": 240},
        {
            "legible names: false 姓名不一致": "right and legible: called 姓名不一致",
            "names that are hard or impossible to read: false 姓名不一致": "right, hardly legible: called 姓名不一致",
            "legible names: equal name in doubt": "right and legible: left to a person",
            "legible names: nearest glyph missed": "wrong by the most similar character: passed",
        },
    ),
    Table(
        "Names in number",
        "Names printed as offices print them, harmed up to the level at which a person still reads without effort, "
        "and read by the real "
        "engine. Each is entered rightly, with the most similar character, and with one that people mistake for it.",
        "verification",
        {"names": 50_000},
        {
            _KNOWN.format("one page", "false 姓名不一致"): "right, on one page: called 姓名不一致",
            _KNOWN.format("two pages", "false 姓名不一致"): "right, on two pages: called 姓名不一致",
            _KNOWN.format("one page", _PASSED): "right, on one page: passed without a person",
            _KNOWN.format("two pages", _PASSED): "right, on two pages: passed without a person",
            _KNOWN.format("one page", "nearest glyph missed"): "most similar character, on one page: passed",
            _KNOWN.format("two pages", "nearest glyph missed"): "most similar character, on two pages: passed",
            _KNOWN.format("one page", "confusable missed"): "character that people mistake, on one page: passed",
            _UNKNOWN.format("one page", "false 姓名不一致"): "outside the engine's alphabet: called 姓名不一致",
            _UNKNOWN.format("one page", _PASSED): "the same: passed without a person",
        },
    ),
    Table(
        "Names with another length or order",
        "Such pictures of names that the engine reads; entered with a character more or less, two swapped, or another "
        "sign for the dot.",
        "verification",
        {"names": 5_000},
        {
            _KNOWN.format("one page", "edited, called different"): "edited, on one page: called 姓名不一致",
            _KNOWN.format("one page", _EDITED): "the same: called 姓名不一致 or 姓名待核",
            _KNOWN.format("two pages", "edited, called different"): "edited, on two pages: called 姓名不一致",
            _KNOWN.format("two pages", _EDITED): "the same: called 姓名不一致 or 姓名待核",
            _KNOWN.format("one page", "another sign for the dot called different"): (
                "another sign for the dot, on one page: called 姓名不一致"
            ),
            _KNOWN.format("one page", "false 姓名不一致"): "right, on one page: called 姓名不一致",
        },
    ),
    Table(
        "Rare characters",
        "Names with a character that the engine does not read, printed on two documents in typefaces that are not "
        "compared with "
        "([ADR 9](adr/0009-rare-characters-by-their-picture.md)).",
        "rare",
        {"names": 1500},
        {
            "all: equal, passed with a note": "right: passed with a note",
            "both up to level 0: equal, passed with a note": "right and undamaged: passed with a note",
            "all: equal, 姓名不一致": "right: called 姓名不一致",
            "all: nearest character, passed": "most similar character: passed",
        },
    ),
    Table(
        "Known children",
        "Stories of twins, siblings, namesakes and repeated applications.",
        "duplicates",
        {"families": 12},
        {
            "stories right": "stories that end as they should",
            "other children called known (4005)": "other children called 4005",
            "repeats not noticed": "repeated applications not noticed",
            "first applications accepted": "first applications accepted",
        },
    ),
    Table(
        "The register",
        "Rounds: four processes conclude applications of one child at the same instant.",
        "register",
        {"children": 50_000},
        {
            "the same child again: 4005": "known children called 4005",
            "twins with adjacent numbers: called known (4005)": "twins with adjacent numbers called 4005",
            "siblings: called known (4005)": "siblings called 4005",
            "rounds of 4 processes with exactly one accepted, the others 4005": "rounds with exactly one accepted",
            "time of an answer, known against not known": "time of an answer, known to unknown child",
        },
    ),
    Table(
        "Import of the register",
        "By the command line, out of a file as a Chinese Excel saves it. Then one row of ten is destroyed as a"
        " spreadsheet does it: such a row is refused, and the rows beside it are taken.",
        "register_import",
        {"rows": 100_000},
        {
            "import of 100000 rows": "import of 100,000 rows",
            "import of the same again of 100000 rows": "import of the same rows again",
            "rows in every form that spreadsheets write: taken as they were": "rows in 48 forms: taken as they were",
            "written as 1.10199E+17, one row of ten: destroyed rows named": "written as 1.10199E+17: refused",
            "written as 1.10199E+17, one row of ten: whole rows taken": "the rows beside them: taken",
            "rounded to 15 digits, one row of ten: destroyed rows named": "rounded to 15 digits: refused",
            "rounded to 15 digits, one row of ten: whole rows taken": "the rows beside these: taken",
            "passed through a floating point number, one row of ten: destroyed rows named": "made a float: refused",
            "passed through a floating point number, one row of ten: whole rows taken": "the rows beside those: taken",
        },
    ),
    Table(
        "Other engines",
        "The same pages, each read by all in turn, with the same field extraction behind each. The libraries get "
        "pages as they are: their "
        "models that turn and unwarp pages are not available offline.",
        "peers",
        {"pages": 24},
        {
            f"{name}: {figure}": f"{name}: {words}"
            for name in ("child-intake", "RapidOCR", "PaddleOCR", "Tesseract")
            for figure, words in (
                ("legible fields exact", "legible fields word for word"),
                ("seconds a page, p50", "a page, median"),
            )
        },
    ),
    Table(
        "Runtimes",
        "What each `INTAKE_OCR__ENGINE` reads on the same pages; times in the report are of a busy machine.",
        "runtimes",
        {"pages": 24},
        {
            f"{name}: {figure}": f"{name}: {words}"
            for name in ("OpenVINO, bf16", "OpenVINO, f32", "ONNX Runtime, f32", "PaddleOCR, f32")
            for figure, words in (
                ("legible fields exact", "legible fields word for word"),
                ("calibration error", "calibration error of confidence"),
            )
        },
    ),
    Table(
        "Speed",
        "Submissions of six pages on a quiet machine.",
        "speed",
        {"submissions": 8, "pages": 5000, "staged": 12},
        {
            **{
                f"{who}: {figure}": f"{who}: {words}"
                for who in ("intake, 2 processes", "intake, 1 process", "PaddleOCR, 2 threads", "RapidOCR, 2 threads")
                for figure, words in (
                    ("seconds a page, p50", "a page, median"),
                    ("seconds a submission, p95", "a submission, p95"),
                    ("pages a minute", "pages a minute"),
                    ("peak memory", "peak memory"),
                )
            },
            "memory after the last page": "a reading process after 5,000 pages",
            "memory slope over 1,000 pages": "its growth in 1,000 pages",
        },
    ),
    Table(
        "The review desk",
        "A ledger of 100,000 cases on SQLite, of which 20,000 wait.",
        "desk",
        {"cases": 100_000},
        {
            "queue, first page, p95": "a page of the queue, p95",
            "case, p95": "a case, p95",
            "decision, p95": "a decision, p95",
            "decision, beside another client, p95": "a decision beside another client, p95",
        },
    ),
    Table(
        "A reviewer's keys",
        "A scripted reviewer, from the queue back to the queue, every picture drawn for the first time.",
        "reviewer",
        {"runs": 5},
        {
            f"{what}: {figure}": f"{what}: {words}"
            for what in ("a doubtful name, accepted", "a known child, returned", "a blind look")
            for figure, words in (("keys", "keys"), ("seconds, median", "waiting, median"))
        },
    ),
    Table(
        "From upload to result",
        "Uploads one after another to the whole service, on each ledger.",
        "upload",
        {"uploads": 20},
        {
            f"{ledger}, here: {figure}": f"{ledger}, {figure}"
            for ledger in ("SQLite", "PostgreSQL")
            for figure in ("median", "p95")
        },
    ),
    Table(
        "Rules and stored cases",
        "Judging alone, and stored cases judged again by two processes.",
        "judging",
        {"cases": 10_000},
        {
            "judging a case of six pages, p50": "judging a case of six pages, median",
            "judging a case of six pages, p95": "judging a case of six pages, p95",
            "judged again by 2 processes": "all judged again",
            "judged again and the same": "with the same result",
        },
    ),
    Table(
        "Batches",
        "Stored cases run again under other rules; the process is killed three times on the way.",
        "batches",
        {"cases": 10_000},
        {
            "cases concluded exactly once more": "cases concluded exactly once more",
            "cases whose changes equal the oracle's": "cases whose changes are the expected ones",
            "run again by the rules alone, killed 3 times": "run again",
            "promoted": "promote a trial",
            "rolled back": "roll back",
            "results as before, rolled back": "results as before, after rolling back",
        },
    ),
    Table(
        "Reading again through Prefect",
        "The same pages by `intake process --jobs 2` and by the deployment `reprocess/reprocess-stored-cases`.",
        "rereading",
        {"submissions": 200},
        {
            "of these the same": "results as before",
            "intake process --jobs 2, start to end": "pages a minute, `intake process`",
            "through Prefect, asked to ended": "pages a minute, Prefect",
        },
    ),
    Table(
        "Durability",
        "One case, broken at each of its durable calls: killed before, in the middle and after, or refused by the "
        "disk once or from then on. "
        "Then the real service: receiver, worker, Prefect server, reading processes and all of it are killed every "
        "ten seconds while uploads "
        "arrive whose events are repeated, late, out of order or lost.",
        "durability",
        {"kills": 500},
        {
            "durable calls of a whole case": "durable calls of a case",
            **{
                f"whole after: {how}": f"whole after: {how}"
                for how in (
                    "kill before", "kill torn", "kill after", "fail once EIO", "fail once ENOSPC", "fail once EMFILE",
                    "fail from then on ENOSPC", "fail from then on EROFS",
                )
            },
            **{
                f"kill -9 of {what}": f"`kill -9` of {what}"
                for what in (
                    "the intake-receiver", "the intake-worker", "the prefect-server", "a reading process", "a helper",
                    "the service itself",
                )
            },
            "uploads with exactly one result": "uploads with exactly one result",
            "from heard of to ended, kills and restarts in between, p50": "event to result under these kills, median",
            "from heard of to ended, kills and restarts in between, p95": "event to result under these kills, p95",
            "problems of the audit chain": "problems of the audit chain",
        },
    ),
    Table(
        "The receiver",
        "Notifications, stored durably before they are acknowledged.",
        "receiver",
        {"events": 15_000},
        {
            "events a second, in a rush": "acknowledged a second",
            "acknowledged, at 300 a second, p50": "acknowledgement at 300 a second, median",
            "acknowledged, at 300 a second, p99": "acknowledgement at 300 a second, p99",
            "acknowledged events that are in the ledger": "acknowledged events that are in the ledger",
        },
    ),
    Table(
        "Nothing leaves",
        "The whole service at work and a browser on all its pages, in a network whose only way out shows every packet.",
        "outbound",
        {"minutes": 10},
        {
            "packets to other machines": "packets to other machines",
            "requests of pages to others than their own server": "requests of pages to others than their own server",
            "pages opened": "pages opened",
            "uploads decided meanwhile": "uploads decided meanwhile",
        },
    ),
    Table(
        "Floods",
        "Right sign-ins at the review desk beside 520 half-sent requests and twelve loops of wrong passwords.",
        "floods",
        {"sign-ins": 1000},
        {
            "right sign-ins, in the flood": "right sign-ins that led in",
            "right sign-ins, in the flood, within 1 s": "the same within 1 s",
            "right sign-ins, in the flood, p50": "a right sign-in, median",
            "right sign-ins, in the flood, p99": "a right sign-in, p99",
            "right sign-ins, without a flood, p50": "a right sign-in without a flood, median",
            "pages for signing in, in the flood, within 1 s": "others' pages within 1 s",
        },
    ),
    Table(
        "The tests",
        "Small slips made in rules, name matching and the decision, one at a time.",
        "mutants",
        {"mutants": 100_000},
        {"mutants noticed: all": "slips noticed by a test"},
    ),
    Table(
        "The specimens",
        "Plain OCR, without anything of ours: undamaged scans must read well, and the worst level of harm must not.",
        "fairness",
        {"pages": 48},
        {
            "undamaged values found word for word": "values of undamaged scans found word for word",
            "values found at level 10": "values found at the worst level of harm",
        },
    ),
)  # fmt: skip


def page() -> str:
    """The whole page.

    Raises:
        LookupError: There is no committed report of a table's size, or it lacks a figure.
    """
    return _HEAD + "".join(_section(table, _report(table)) for table in TABLES)


def _report(table: Table) -> Report:
    found = newest(table.bench, table.size)
    if found is None:
        raise LookupError(f"No report is committed of {table.command}.")
    return found


def _section(table: Table, report: Report) -> str:
    here = report.machine
    return "\n".join(
        (
            f"\n## {table.title}",
            f"\n{table.text}",
            "\n| figure | result | 95 % interval |",
            "| --- | --- | --- |",
            *_rows(table, report),
            f"\n`{table.command}`: {report.began:%Y-%m-%d}, {here.cpu}, {here.cores} cores, "
            f"[report](../bench/results/{file_name(report)}).\n",
        )
    )


def _rows(table: Table, report: Report) -> Iterator[str]:
    for name, label in table.rows.items():
        figure = report.figure(name)
        if figure is None:
            raise LookupError(f"The report of {table.command} has no figure {name!r}.")
        yield f"| {label} | {_amount(figure)} | {_interval(figure)} |"


def _amount(figure: Figure) -> str:
    if figure.value is None:
        return words(figure)
    if figure.unit == "share":
        return f"{figure.right:,} of {figure.total:,} ({_percent(figure.value)} %)"
    return f"{figure.value:,.4g}" if figure.unit in {"count", "number"} else words(figure)


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{_percent(figure.low)} to {_percent(figure.high)} %"


def _percent(share: float) -> str:
    """One decimal; more near 0 and 1, where one would round away what counts."""
    if share < _NEAR:
        return f"{round(share * 100, 9):.2g}"
    return f"{share * 100:.{1 if share < 1 - _NEAR else 2}f}".removesuffix(".00")


if __name__ == "__main__":
    Path("docs/benchmarks.md").write_text(page(), "utf-8")
