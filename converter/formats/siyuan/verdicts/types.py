"""The names of node types that the loader knows, without `Node` (docs/formats/siyuan.md, "Blocks")."""

from __future__ import annotations

__all__ = ["BLOCKS", "KNOWN"]

_BLOCKS = """
Document Paragraph Heading ThematicBreak Blockquote List ListItem HTMLBlock CodeBlock Table MathBlock BlockQueryEmbed
SuperBlock GitConflict IFrame Audio Video Widget AttributeView CustomBlock Callout YamlFrontMatter FootnotesDefBlock
FootnotesDef ToC
"""
_CURRENT = """
HeadingC8hMarker BlockquoteMarker CodeBlockFenceOpenMarker CodeBlockFenceCloseMarker CodeBlockFenceInfoMarker
CodeBlockCode Text Image Bang OpenBracket CloseBracket OpenParen CloseParen LinkText LinkDest LinkTitle LinkSpace
HTMLEntity TaskListItemMarker TableHead TableRow TableCell Emoji EmojiUnicode EmojiImg EmojiAlias MathBlockOpenMarker
MathBlockContent MathBlockCloseMarker Backslash BackslashContent KramdownSpanIAL OpenBrace CloseBrace
BlockQueryEmbedScript SuperBlockOpenMarker SuperBlockLayoutMarker SuperBlockCloseMarker GitConflictOpenMarker
GitConflictContent GitConflictCloseMarker Br TextMark HardBreak SoftBreak
"""
_OLD = """
InlineHTML Emphasis EmA6kOpenMarker EmA6kCloseMarker EmU8eOpenMarker EmU8eCloseMarker Strong StrongA6kOpenMarker
StrongA6kCloseMarker StrongU8eOpenMarker StrongU8eCloseMarker CodeSpan CodeSpanOpenMarker CodeSpanContent
CodeSpanCloseMarker Link LinkRefDefBlock LinkRefDef Less Greater Strikethrough Strikethrough1OpenMarker
Strikethrough1CloseMarker Strikethrough2OpenMarker Strikethrough2CloseMarker InlineMath InlineMathOpenMarker
InlineMathContent InlineMathCloseMarker VditorCaret FootnotesRef HeadingID YamlFrontMatterOpenMarker
YamlFrontMatterContent YamlFrontMatterCloseMarker BlockRef BlockRefID BlockRefSpace BlockRefText BlockRefDynamicText
Mark Mark1OpenMarker Mark1CloseMarker Mark2OpenMarker Mark2CloseMarker KramdownBlockIAL Tag TagOpenMarker
TagCloseMarker Sup SupOpenMarker SupCloseMarker Sub SubOpenMarker SubCloseMarker Kbd KbdOpenMarker KbdCloseMarker
Underline UnderlineOpenMarker UnderlineCloseMarker FileAnnotationRef FileAnnotationRefID FileAnnotationRefSpace
FileAnnotationRefText HTMLTag HTMLTagOpen HTMLTagClose TypeMaxVal
"""

BLOCKS = frozenset(f"Node{name}" for name in _BLOCKS.split())
"""Types of blocks: they carry an id."""

KNOWN = BLOCKS | frozenset(f"Node{name}" for name in (_CURRENT + _OLD).split())
"""Types that the loader knows; it makes a paragraph of a node of any other."""
