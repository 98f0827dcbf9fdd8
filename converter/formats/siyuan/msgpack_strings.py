"""Strings of MessagePack changed in place: every other byte, the width of numbers too, stays as it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["renamed_strings"]

_FIXED = {0xC0: 1, 0xC2: 1, 0xC3: 1, 0xCA: 5, 0xCB: 9, 0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3, 0xD2: 5,
          0xD3: 9, 0xD4: 3, 0xD5: 4, 0xD6: 6, 0xD7: 10, 0xD8: 18}  # fmt: skip
"""Whole sizes of values by their first byte."""

_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
"""Bytes and extensions: how wide their size is, and how much more there is than it says."""

_STRINGS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS, _MAPS = {0xDC: 2, 0xDD: 4}, {0xDE: 2, 0xDF: 4}


def renamed_strings(data: bytes, new: Callable[[str], str]) -> bytes:
    """The value with `new` applied to every string; the same object where nothing changes or it is no MessagePack."""
    made: list[bytes] = []
    at = copied = 0
    left = 1
    while left and at < len(data):
        left -= 1
        start, sign = at, data[at]
        size = _string_size(data, at)
        if size is not None:
            head, length = size
            at += head + length
            text = data[start + head : at].decode("utf-8", "replace")
            if new(text) != text:
                made += [data[copied:start], _packed(new(text))]
                copied = at
        elif 0x80 <= sign < 0xA0 or sign in _ARRAYS or sign in _MAPS:
            width = _ARRAYS.get(sign) or _MAPS.get(sign) or 0
            count = int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else sign & 0x0F
            left += count * (2 if sign < 0x90 or sign in _MAPS else 1)
            at += 1 + width
        elif sign in _SIZED:
            width, more = _SIZED[sign]
            at += 1 + width + more + int.from_bytes(data[at + 1 : at + 1 + width], "big")
        else:
            at += _FIXED.get(sign, 1)
    whole = not left and at == len(data)
    return b"".join([*made, data[copied:]]) if made and whole else data


def _string_size(data: bytes, at: int) -> tuple[int, int] | None:
    """How long the head of a string is, and its text; None for anything else."""
    sign = data[at]
    if 0xA0 <= sign < 0xC0:
        return 1, sign & 0x1F
    width = _STRINGS.get(sign)
    return None if width is None else (1 + width, int.from_bytes(data[at + 1 : at + 1 + width], "big"))


def _packed(text: str) -> bytes:
    encoded = text.encode("utf-8")
    size = len(encoded)
    if size < 0x20:
        return bytes((0xA0 | size,)) + encoded
    for sign, width in _STRINGS.items():
        if size < 1 << 8 * width:
            return bytes((sign,)) + size.to_bytes(width, "big") + encoded
    return encoded
