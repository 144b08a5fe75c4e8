"""The order of right-to-left words among left-to-right ones.

The Unicode Bidirectional Algorithm (UAX #9) for one line without its invisible marks, which
`prepare()` takes away, and without its rule for pairs of brackets (N0). Pillow's own works for one
font at a time, and a line may need several.
"""

import unicodedata
from itertools import groupby

_STRONG = {"L", "R", "AL"}
_NEUTRAL = {"B", "S", "WS", "ON", "BN"}


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction of its own runs from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in _STRONG), "L") != "L"


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of each character: even runs to the right, odd to the left."""
    base = int(rtl)
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    edge = "R" if rtl else "L"
    _resolve_weak(kinds, edge)
    _resolve_neutral(kinds, edge)
    found = [_level(kind, base) for kind in kinds]
    for place in range(len(text) - 1, -1, -1):  # L1: white space at the end
        if not text[place].isspace():
            break
        found[place] = base
    return found


def _level(kind: str, base: int) -> int:
    if base % 2:
        return base if kind == "R" else base + 1
    return {"L": base, "R": base + 1}.get(kind, base + 2)


def _resolve_weak(kinds: list[str], edge: str) -> None:
    """W1 to W7, in place; afterwards only L, R, EN, AN and neutral ones are left."""
    _resolve_marks(kinds, edge)
    _resolve_separators(kinds)
    strong = edge
    for place, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = kind
        elif kind in {"ES", "ET", "CS"}:  # W6
            kinds[place] = "ON"
        elif kind == "EN" and strong == "L":  # W7
            kinds[place] = "L"


def _resolve_marks(kinds: list[str], edge: str) -> None:
    """W1 to W3: marks like their letter, digits after Arabic letters, Arabic like Hebrew."""
    strong = before = edge
    for place, kind in enumerate(kinds):
        now = before if kind == "NSM" else kind  # W1
        if now in _STRONG:
            strong = now
        if now == "EN" and strong == "AL":  # W2
            now = "AN"
        kinds[place] = before = now
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3


def _resolve_separators(kinds: list[str]) -> None:
    """W4 and W5: what stands between digits, or beside them."""
    for place in range(1, len(kinds) - 1):  # W4
        around = kinds[place - 1]
        if around == kinds[place + 1] and (
            (kinds[place] == "ES" and around == "EN")
            or (kinds[place] == "CS" and around in {"EN", "AN"})
        ):
            kinds[place] = around
    start = 0
    for kind, group in groupby(list(kinds)):  # W5
        end = start + len(list(group))
        if kind == "ET" and "EN" in (*kinds[max(start - 1, 0) : start], *kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)
        start = end


def _resolve_neutral(kinds: list[str], edge: str) -> None:
    """N1 and N2, in place: like both neighbours where they agree, else like the line."""
    start = 0
    for is_neutral, group in groupby([kind in _NEUTRAL for kind in kinds]):
        end = start + len(list(group))
        if is_neutral:
            before = _side(kinds[start - 1]) if start else edge
            after = _side(kinds[end]) if end < len(kinds) else edge
            kinds[start:end] = [before if before == after else edge] * (end - start)
        start = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
