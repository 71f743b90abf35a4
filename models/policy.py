"""What an application needs, and every limit that judging knows. A file the hospital can change."""

from pydantic import Field, field_validator

from models.base import Model
from models.catalogue import CATALOGUE
from models.codes import Code, Reason


class NameLimits(Model):
    """When a name is equal, different, or a person's business.

    Attributes:
        certain: Least probability of the best reading of a character to accuse of a difference.
        likely: Least probability of the entered name, against the best other reading, to pass without a person; of all
            pages together where one alone is not sure.
        hardly: Least probability on each of them.
        alike: Least probability to take a card for that of a grown-up whose name this is.
        impossible: Largest probability of the entered character, where a difference may be claimed.
        pictured: By how much the picture of a character that the engine does not read must be more like the entered
            one than like any other, on each of two documents, to pass with a note.
        legacy_gbk: Whether what is typed in comes from a system that writes the GBK tail in private codes.
    """

    certain: float = 0.98
    likely: float = 0.9
    hardly: float = 0.2
    alike: float = 0.5
    impossible: float = 0.002
    pictured: float = 0.002
    legacy_gbk: bool = False


class LegibilityLimits(Model):
    """When a required field counts as read, and how its reason is told.

    Attributes:
        unreadable: Confidence below which a reading is no reading.
        doubtful: Confidence below which a mismatch is a person's business instead of an accusation.
        small_height: Height of a line in pixels below which blur is called too_small.
        blurred_edge: Edge width as a share of the height above which a line is blurred.
        dark: Paper level below which a page is too dark.
        faint: Contrast of a line below which it accuses nobody, and on white paper took too much light.
    """

    unreadable: float = 0.3
    doubtful: float = 0.98
    small_height: float = 11.0
    blurred_edge: float = 0.12
    dark: float = 0.25
    faint: float = 0.2


class CopyLimits(Model):
    """When a document may be a picture of a picture.

    Attributes:
        colourless: Vividness below which a document that is printed in colour is taken for a photocopy.
        striped: Raster above which it is taken for a photo of a screen, but for the register's woven cover.
    """

    colourless: float = 0.008  # of the training split, 129 honest pages show 0.014 at least, copies 0.000
    striped: float = 0.25  # of the training split, 130 honest pages show 0.04 at most, 18 of 20 of a screen 0.36


class Pages(Model):
    """The slots that an application has to fill, in the order in which they are missed (contract, section 5).

    Attributes:
        household_register: Of a child who is in the register.
        newborn: The same for one who is not older than `Policy.newborn_days`.
        birth_certificate: Of a child who is not in the register yet.
    """

    household_register: tuple[Reason, ...] = (
        Reason.ID_PORTRAIT, Reason.ID_EMBLEM, Reason.HOME, Reason.CHILD_PAGE, Reason.PARENT_PAGE,
    )  # fmt: skip
    newborn: tuple[Reason, ...] = (
        Reason.ID_PORTRAIT, Reason.ID_EMBLEM, Reason.HOME, Reason.CHILD_PAGE, Reason.BIRTH_CERTIFICATE,
        Reason.BOTH_PARENTS,
    )  # fmt: skip
    birth_certificate: tuple[Reason, ...] = (
        Reason.ID_PORTRAIT, Reason.ID_EMBLEM, Reason.HOME, Reason.BIRTH_CERTIFICATE, Reason.BOTH_PARENTS,
    )  # fmt: skip

    @field_validator("*")
    @classmethod
    def _slots(cls, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        if not all((Code.PAGE_MISSING, reason) in CATALOGUE for reason in reasons):
            raise ValueError("A page that an application needs is one of those that can be missing.")
        return reasons


class ReviewSampling(Model):
    """What people see of that which the machine decided.

    Attributes:
        share: Of cases decided by the machine, drawn for a blind second look.
        known_children: Whether somebody looks at every case that was returned with 4005.
    """

    share: float = Field(default=0.02, ge=0, le=1)
    known_children: bool = True


class Policy(Model):
    """The hospital's rules. `name` stands in every result's provenance."""

    name: str = "default@1"
    newborn_days: int = 28
    pages: Pages = Pages()
    expired_is_reject: bool = True
    names: NameLimits = NameLimits()
    legibility: LegibilityLimits = LegibilityLimits()
    copies: CopyLimits = CopyLimits()
    looks: ReviewSampling = ReviewSampling()


class Limits(Model):
    """How much one file may ask of us; checked before and while decoding.

    Attributes:
        bytes: Of one file.
        pages: Of one file.
        pixels: Of one page, as the header claims and as decoded.
        seconds: For one page, decoding and reading together.
        pdf_dpi: Resolution at which PDF pages are drawn; boxes of PDF pages count in these pixels.
        pdf_seconds: Of processor time, to open a PDF and draw one page; A4 scanned at 600 dpi took one at most.
        pdf_mb: Of memory, for the same, beside what the process holds already; such a scan took 150.
    """

    bytes: int = 40 * 1024 * 1024
    pages: int = 60
    pixels: int = 80_000_000
    seconds: float = 60.0
    pdf_dpi: int = 200
    pdf_seconds: float = 4.0
    pdf_mb: int = 400
