"""The fields that a page is needed for."""

from collections.abc import Mapping
from types import MappingProxyType

from models.content import Slot
from models.documents import Field, PageKind, Person

# Not those that may lawfully be blank (the relation in a 集体户).
REQUIRED: Mapping[PageKind, tuple[Slot, ...]] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: (Slot(Field.NAME), Slot(Field.ID_NUMBER)),
        PageKind.ID_EMBLEM: (Slot(Field.VALID_UNTIL),),
        PageKind.HUKOU_HOME: (Slot(Field.ADDRESS),),
        PageKind.HUKOU_MEMBER: (Slot(Field.NAME), Slot(Field.SEX), Slot(Field.BIRTH_DATE), Slot(Field.ID_NUMBER)),
        PageKind.BIRTH_CERTIFICATE: (
            Slot(Field.NAME, Person.CHILD),
            Slot(Field.SEX, Person.CHILD),
            Slot(Field.BIRTH_TIME, Person.CHILD),
            Slot(Field.CERTIFICATE_NUMBER),
            Slot(Field.NAME, Person.MOTHER),
        ),
    }
)
