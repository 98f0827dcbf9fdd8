"""The quick way to say that a text is sound: canonical texts decode straight, all others get a patient look."""

from __future__ import annotations

from types import GenericAlias
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from converter.formats.mnemo.dialect import Dialect
from converter.formats.mnemo.strict import strict_blocks, strict_note
from converter.patterns import pattern

__all__ = ["is_sound_note", "is_sound_state", "sound_deck", "sound_note"]

_CERTAIN: Final = (
    r"^(?:[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,7})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?"
    r"|0001-01-01T00:00:00\+00:00)$"
)
"""Dates that are right beyond doubt, so that the calendar need not be asked."""
_DATE: Final = pattern(_CERTAIN)
_FLAT: Final = 20
"""Blocks with children that may come before levels of nesting have to be counted."""

_NULL: Final = Raw(b"null")
_Date = Annotated[str, Meta(pattern=_CERTAIN)]
_Whole = Annotated[int, Meta(ge=-(2**31), lt=2**31)]


class _Source(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    source_type: str | None = None
    source_id: str | None = None
    display_label: str | None = None


class _Card(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    tags: list[str | None]
    id: str | None = None
    deck_id: str | None = None
    front: str | None = None
    back: str | None = None
    type: _Whole = 0
    due_date: _Date = ""
    stability: float | None = None
    difficulty: float | None = None
    retrievability: float | None = None
    source_info: _Source | None = None
    front_blocks: Raw = _NULL
    back_blocks: Raw = _NULL
    review_count: _Whole | None = None
    lapse_count: _Whole | None = None
    leitner_box: _Whole | None = None
    last_reviewed_at: _Date | None = None
    fsrs_state: _Whole | None = None
    attachments: list[Raw] | UnsetType | None = UNSET
    state: Raw | UnsetType = UNSET
    is_flagged: Raw | UnsetType = UNSET
    fact_id: Raw | UnsetType = UNSET
    layout_key: Raw | UnsetType = UNSET
    learning_step_index: Raw | UnsetType = UNSET
    buried_until: Raw | UnsetType = UNSET
    created_at: Raw | UnsetType = UNSET
    updated_at: Raw | UnsetType = UNSET


class _Deck(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="camel"):
    tags: list[str | None]
    cards: list[_Card]
    id: str | None = None
    name: str | None = None
    folder_id: str | None = None
    description: str | None = None
    last_studied: _Date | None = None
    retention_score: _Whole = 0
    scheduling_algorithm: _Whole = 1
    preset_id: Raw | UnsetType = UNSET
    icon: Raw | UnsetType = UNSET
    sort_order: Raw | UnsetType = UNSET
    created_at: Raw | UnsetType = UNSET
    updated_at: Raw | UnsetType = UNSET


def _as_stored(name: str, record: type[msgspec.Struct], **types: Any) -> Any:
    """The same record as the database spells it; `types` are those of fields that are records themselves."""
    fields = [
        (field.name, types.get(field.name, field.type), *([] if field.required else [field.default]))
        for field in msgspec.structs.fields(record)
    ]
    return msgspec.defstruct(name, fields, rename="pascal", forbid_unknown_fields=True, frozen=True, gc=False)


_STORED_SOURCE: Final = _as_stored("_StoredSource", _Source)
_STORED_CARD: Final = _as_stored("_StoredCard", _Card, source_info=_STORED_SOURCE | None)
_STORED_DECK: Final = _as_stored("_StoredDeck", _Deck, cards=GenericAlias(list, _STORED_CARD))


class _Folder(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="pascal"):
    id: str
    name: str | None = None
    parent_id: str | None = None
    order: _Whole = 0


class _Setup(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="pascal"):
    session_type: _Whole = 0
    deck_id: str | None = None
    card_count: _Whole | None = None
    time_limit_minutes: _Whole | None = None
    shuffle: bool = False
    test_grading_mode: _Whole | None = None


class _Result(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="pascal"):
    card_id: str | None = None
    grade: _Whole = 0
    reviewed_at: _Date = ""


class _Session(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename="pascal"):
    deck_id: str | None = None
    session_config: _Setup | None = None
    started_at: _Date = ""
    completed_at: _Date = ""
    card_results: list[_Result] | None = None


_STATE: Final = msgspec.defstruct(
    "_State",
    [("folders", list[_Folder]), ("decks", GenericAlias(list, _STORED_DECK)), ("session_history", list[_Session])],
    rename="pascal",
    forbid_unknown_fields=True,
)
_DECK_DECODER: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_Deck)
_STATE_DECODER: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_STATE)


def is_sound_note(data: bytes, dialect: Dialect = Dialect.PACKAGE) -> bool:
    """Whether the application certainly takes this text for a note. False says nothing."""
    return sound_note(data, dialect) is not None


def sound_note(data: bytes, dialect: Dialect = Dialect.PACKAGE) -> str | None:
    """The id of a note for which the application certainly takes this text. None says nothing."""
    note = strict_note(data, dialect)
    if note is None:
        return None
    if any(block.children for block in note.blocks or ()) and data.count(b'"children"') > _FLAT:
        return None
    return note.note_id if _is_certain(note.created_at) and _is_certain(note.modified_at) else None


def _is_certain(date: str | None) -> bool:
    return date is not None and _DATE.match(date) is not None


def sound_deck(data: bytes) -> str | None:
    """The id of a deck in a package for which the application certainly takes this text. None says nothing."""
    deck = _decoded(_DECK_DECODER, data)
    return deck.id if deck is not None and _has_sound_blocks(deck) else None


def is_sound_state(data: bytes) -> bool:
    """Whether the application certainly takes this text for all flashcards of a library. False says nothing."""
    state = _decoded(_STATE_DECODER, data)
    return state is not None and all(map(_has_sound_blocks, state.decks))


def _decoded(decoder: msgspec.json.Decoder[Any], data: bytes) -> Any:
    if data.count(b'"children"') > _FLAT:
        return None
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _has_sound_blocks(deck: Any) -> bool:
    return all(_are_sound(card.front_blocks) and _are_sound(card.back_blocks) for card in deck.cards)


def _are_sound(blocks: Raw) -> bool:
    return bytes(blocks) == b"null" or strict_blocks(bytes(blocks))
