"""The base of every value."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
