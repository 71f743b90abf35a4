"""The hospital's policy: the pages that an application needs, and every limit of the rules; loaded from a file."""

import json
from enum import StrEnum
from hashlib import sha256

from pydantic import Field, field_validator

from models.base import Model
from models.catalogue import CATALOGUE
from models.codes import Code, Reason


class NameLimits(Model):
    """When a name is equal, different, or left to a person. All probabilities are 0-1.

    Attributes:
        certain: Least probability of a character's best reading to claim a difference.
        likely: Least probability of the entered name, against the best other reading, to pass without a person; of all
            pages together if one alone is uncertain.
        hardly: Least probability on each of these pages.
        alike: Least probability to take a card for that of the adult with this name.
        impossible: Largest probability of the entered character to claim a difference; of the entered name, against
            the best reading, to claim another length or order.
        readable: Least confidence of the name on the page to claim that.
        pictured: Least margin of the entered character's picture over any other, on each of two documents, to pass
            with a warning if the engine cannot read the character.
        legacy_gbk: Whether typed names come from a system that writes the GBK tail in private codes.
    """

    certain: float = 0.98
    likely: float = 0.9
    hardly: float = 0.2
    alike: float = 0.5
    impossible: float = 0.002
    readable: float = (
        0.6  # of 2,248 right names of the training split, most beyond legibility, 2 differ at 0.4, none at 0.5
    )
    pictured: float = 0.002
    legacy_gbk: bool = False


class LegibilityLimits(Model):
    """When a field counts as read, and limits that choose the reason of an illegible one.

    Attributes:
        unreadable: Confidence below which a field counts as not read, and a result names it without a value.
        doubtful: Confidence below which a mismatch goes to a person instead of rejecting.
        small_height: Height of a line in pixels below which the reason is too_small instead of blur.
        blurred_edge: Edge width as a share of the height above which a line is blurred.
        dark: Brightness (0-1) below which a page is too dark.
        faint: Contrast (0-1) of a line below which it never rejects, and counts as overexposed on white paper.
    """

    unreadable: float = 0.3  # of the training split, 4 of 14 values below are right, 7 of 13 from 0.3 to 0.5
    doubtful: float = 0.98
    small_height: float = 11.0
    blurred_edge: float = 0.12
    dark: float = 0.25
    faint: float = 0.2


class CopyLimits(Model):
    """When a document may be a photocopy or a photo of a screen.

    Attributes:
        colourless: Vividness (0-1) below which a document that is printed in colour counts as a photocopy.
        untinted: Tint (0-1) below which a card or a certificate counts as one, whatever was written or stamped on it,
            and a register's inner page that has no seal either.
        striped: Share (0-1) above which paper has a raster; not for the register's woven cover.
        beyond: Share (0-1) above which the raster goes on beside the document: a screen's, and no print on paper.
        subpixels: Share (0-1) above which the colours of the paper turn as a screen's do.
    """

    colourless: float = 0.008  # of the training split, 129 honest pages show 0.014 at least, copies 0.000
    untinted: float = 0.002  # of the training split, 50 honest pages show 0.0039 at least, 21 copies 0.0000
    striped: float = 0.25  # of the training split, 130 honest pages show 0.04 at most, 18 of 20 of a screen 0.36
    beyond: float = 0.15  # waves of 18 pages by another hand have 0.10 at most, 72 of the training split 0.02
    subpixels: float = 0.06  # of the training split, 174 honest pages have 0.006 at most, 93 of 99 screens more


class Pages(Model):
    """The pages that an application needs, in the order of findings about missing ones (docs/contract.md, section 5).

    Attributes:
        household_register: For a child in the household register.
        newborn: The same for a child not older than `Policy.newborn_days`.
        birth_certificate: For a child not in the household register yet.
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


class Treatment(StrEnum):
    """What becomes of pages that may be genuine and cannot be verified."""

    REVIEW = "review"  # a person decides
    ACCEPT = "accept"  # no effect


class ReviewSampling(Model):
    """Which decisions of the machine people review.

    Attributes:
        share: The share (0-1) of cases decided by the machine that is drawn for blind review.
        known_children: Whether every case returned with 4005 is reviewed.
    """

    share: float = Field(default=0.02, ge=0, le=1)
    known_children: bool = True


class Policy(Model):
    """The hospital's rules.

    Attributes:
        name: Appears in the provenance of every result; change it with the rules.
        newborn_days: Age in days up to which a child applies with the pages of `pages.newborn`.
        expired_is_reject: Whether an expired ID card returns the case; else a person decides.
        electronic: What becomes of electronic certificates; accept them once a trial on site has passed them.
    """

    name: str = "default@1"
    newborn_days: int = 28
    pages: Pages = Pages()
    expired_is_reject: bool = True
    names: NameLimits = NameLimits()
    legibility: LegibilityLimits = LegibilityLimits()
    copies: CopyLimits = CopyLimits()
    electronic: Treatment = Treatment.REVIEW
    looks: ReviewSampling = ReviewSampling()

    @property
    def digest(self) -> str:
        """Of what differs from the defaults, whatever file says it: 16 hexadecimal digits.

        So a release that adds a rule leaves it as it was; one that changes a default as well.
        """
        differing = self.model_dump(mode="json", exclude_defaults=True)
        return sha256(json.dumps(differing, sort_keys=True).encode()).hexdigest()[:16]


class Limits(Model):
    """Limits of one file, checked before and during decoding.

    Attributes:
        bytes: Size of a file.
        pages: Pages of a file.
        pixels: Pixels of a page, by the header and as decoded.
        seconds: Time to decode and read a page.
        pdf_dpi: Resolution at which PDF pages are drawn; boxes of PDF pages are in these pixels.
        pdf_seconds: Processor time to open a PDF and draw a page; an A4 scan at 600 dpi took 1 s at most.
        pdf_mb: Additional memory for the same, in MB; such a scan took 150.
    """

    bytes: int = 40 * 1024 * 1024
    pages: int = 60
    pixels: int = 80_000_000
    seconds: float = 60.0
    pdf_dpi: int = 200
    pdf_seconds: float = 4.0
    pdf_mb: int = 400
