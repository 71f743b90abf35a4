"""Characters of the GBK tail as systems of the GBK era wrote them: in the private use area, each at its own code.

FE50 to FEA0 (without FE7F) were U+E815 to U+E864 in the fonts of that time, one after the other. GB 18030 gave them
codes of their own. Nothing here is asked of a platform's codec: those disagree about fourteen of them. Other private
codes mean something only to the office that made them, and are left for a person.

Source:
    domain.md, section 4.2.
"""

from typing import Final

_FIRST: Final = 0xE815
_MODERN: Final = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_TABLE: Final = {_FIRST + at: char for at, char in enumerate(_MODERN)}


def modern(text: str) -> str:
    """A text of a system that is known to write the GBK tail so; everything else stays."""
    return text.translate(_TABLE)
