"""The base of every value."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
