"""The keys of a case's page, as its help lists them; `static/case.js` and the templates' `data-key` act on them."""

from typing import Final, NamedTuple


class Shortcut(NamedTuple):
    """Keys, and what they do: `words/` has it under `keys.does`."""

    pressed: tuple[str, ...]
    does: str


SHORTCUTS: Final = (
    Shortcut(("S",), "show"),
    Shortcut(("Enter",), "next"),
    Shortcut(("1", "…", "7"), "choose"),
    Shortcut(("8",), "type"),
    Shortcut(("9",), "illegible"),
    Shortcut(("7", "8", "9"), "relation"),
    Shortcut(("A",), "accept"),
    Shortcut(("B",), "back"),
    Shortcut(("R",), "reason"),
    Shortcut(("W",), "where"),
    Shortcut(("U",), "escalate"),
    Shortcut(("L",), "leave"),
    Shortcut(("M",), "note"),
    Shortcut(("[", "]"), "pages"),
    Shortcut(("-", "=", "0"), "zoom"),
    Shortcut(("Shift", "←", "↑", "→", "↓"), "move"),
    Shortcut(("Q",), "turn"),
    Shortcut(("C",), "contrast"),
    Shortcut(("I",), "invert"),
    Shortcut(("O",), "boxes"),
    Shortcut(("D",), "beside"),
)
