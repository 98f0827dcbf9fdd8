"""The text of a note from segments that are kept and blocks that are made anew (docs/residue.md, "Edits")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from converter.formats.front import Segments
from converter.pipeline.residue.align import Kept, Part

__all__ = ["assembled"]


def assembled(
    cut: Segments, parts: Sequence[Part], pieces: Sequence[str], frame: tuple[str, str], gap: str, *, close: bool
) -> str:
    """Head, parts and tail as one text. `pieces` are the texts of blocks made anew; `gap` stands between blocks.

    What stands between segments besides the gap (definitions of links) is kept even where a segment is not. `close`
    keeps the old gaps around a block that was made anew in the place of another; else it stands apart.
    """
    return _Assembly(cut, gap, close=close).text(parts, pieces, frame)


class _Assembly:
    """Puts one text together."""

    def __init__(self, cut: Segments, gap: str, *, close: bool) -> None:
        self._cut = cut
        self._gap = gap
        self._close = close
        usual = Counter(one for one in cut.gaps if gap in one.replace("\r\n", "\n") and not self._sticks(one))
        wide = "\r\n" in "".join((cut.head, cut.tail, *cut.gaps))
        self._usual = usual.most_common(1)[0][0] if usual else gap.replace("\n", "\r\n") if wide else gap

    def _sticks(self, gap: str) -> bool:
        """Whether there is more than a separator between two segments."""
        return gap.strip() != self._gap.strip() and bool(gap.strip())

    def text(self, parts: Sequence[Part], pieces: Sequence[str], frame: tuple[str, str]) -> str:
        """Everything in its order."""
        made: list[str] = []
        used: set[int] = set()
        before: int | None = None
        for part in parts:
            texts, first, last = self._texts(part, pieces)
            if made:
                made.append(self._between(before, first, used))
            made.append(texts)
            before = last
        if before is not None and before < len(self._cut.texts) - 1 and self._sticks(self._cut.gaps[before]):
            made.append(self._cut.gaps[before].rstrip())
            used.add(before)
        inner = {number for part in parts if isinstance(part, Kept) for number in part.numbers[:-1]}
        lost = [
            gap
            for number, gap in enumerate(self._cut.gaps[:-1])
            if number not in used and number not in inner and self._sticks(gap)
        ]
        for gap in lost:
            made += [self._usual if made else "", gap.strip()]
        head, tail = frame
        return "".join((head, *made, tail))

    def _texts(self, part: Part, pieces: Sequence[str]) -> tuple[str, int | None, int | None]:
        """The text of a part, and the segments that it begins and ends in the place of."""
        if isinstance(part, Kept) and part.text is not None:
            return part.text, part.numbers[0], part.numbers[-1]
        if isinstance(part, Kept):
            texts = [self._cut.texts[number] for number in part.numbers]
            joints = [self._joint(one, other) for one, other in zip(part.numbers, part.numbers[1:], strict=False)]
            woven = [text for pair in zip(texts, [*joints, ""], strict=True) for text in pair]
            return "".join(woven), part.numbers[0], part.numbers[-1]
        text = self._usual.join(pieces[part.first : part.first + part.count])
        if not self._close or len(part.instead) != 1:
            return text, None, None
        return text, part.instead[0], part.instead[0]

    def _joint(self, number: int, following: int) -> str:
        return self._cut.gaps[number] if following == number + 1 else self._usual

    def _between(self, before: int | None, following: int | None, used: set[int]) -> str:
        if before is None:
            return self._usual
        gap = self._cut.gaps[before]
        used.add(before)
        if following == before + 1:
            return gap
        return gap.rstrip() + self._usual if self._sticks(gap) else self._usual
