"""What the application does with a single node (docs/formats/siyuan.md, "What the loader repairs")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from converter.formats.siyuan.escape import attribute, plain_attribute
from converter.formats.siyuan.verdicts.gathered import LOSES, REFUSES, REPAIRS, Verdicts, step
from converter.formats.siyuan.verdicts.types import BLOCKS, KNOWN
from converter.patterns import pattern

__all__ = ["Fields", "judge_attributes", "judge_node", "types_of"]

Fields = Mapping[str, Any]
Check = Callable[[Fields, list[str], str, Verdicts], None]

_TASKS = 3
_DEEPEST_HEADING = 6
_LEAST_CHILDREN = {
    "NodeBlockquote": (2, "a quote without its marker or without a block"),
    "NodeList": (1, "a list without items"),
    "NodeListItem": (1, "a list item without content"),
    "NodeSuperBlock": (4, "a super block without its three markers or without a block"),
    "NodeMathBlock": (1, "a formula without content"),
    "NodeBlockQueryEmbed": (1, "an embed without a query"),
}
_LEAST_OF_CODE = 4
_HEADLESS = "a table whose head is missing or has no row is missing in every Markdown export"
_MARKUP = pattern(r"<[A-Za-z/!?]")


def judge_node(node: Fields, at: str, verdicts: Verdicts) -> bool:
    """Note what would happen to a node; False where nothing of what is in it would be left."""
    kind = node.get("Type") or ""
    below = types_of(node)
    if kind not in KNOWN:
        if below:
            verdicts.add(LOSES, "a node of no known type becomes a paragraph, and what is in it is gone", at, name=kind)
        else:
            verdicts.add(REPAIRS, "a node of no known type becomes a paragraph", at, name=kind)
        return False
    if kind == "NodeKramdownBlockIAL":
        verdicts.add(REPAIRS, "attributes that stand as text are taken out", at)
        return False
    deleted = _deleted(kind, below)
    if deleted:
        verdicts.add(LOSES, f"{deleted} is deleted with all it holds", at)
        return False
    if kind in BLOCKS:
        _block(node, below, at, verdicts)
    check = _CHECKS.get(kind)
    if check is not None:
        check(node, below, at, verdicts)
    return True


def types_of(node: Fields) -> list[str]:
    """The types of the children, in order."""
    return [child.get("Type") or "" for child in node.get("Children") or ()]


def _deleted(kind: str, below: Sequence[str]) -> str:
    """What the loader would call a reason to delete the node; "" where it stays."""
    least, what = _LEAST_CHILDREN.get(kind, (0, ""))
    if len(below) < least:
        return what
    if kind == "NodeCodeBlock" and len(below) < _LEAST_OF_CODE and "NodeCodeBlockCode" not in below:
        return "a code block without code"
    return ""


def _block(node: Fields, below: Sequence[str], at: str, verdicts: Verdicts) -> None:
    """What holds for every block but the document itself."""
    properties = node.get("Properties") or {}
    own = node.get("ID") or ""
    if not own or properties.get("id") != own:
        verdicts.add(REPAIRS, "a block whose id is missing or said in two ways gets one", at)
    judge_attributes(properties, at, verdicts)
    if below and below[-1] == "NodeBr":
        verdicts.add(REPAIRS, "a line break at the end of a block is taken out", at)


def judge_attributes(properties: Fields, at: str, verdicts: Verdicts) -> None:
    """Attributes of a block that are not escaped as the kernel escapes them."""
    for name, value in properties.items():
        if value and attribute(plain_attribute(value)) != value:
            verdicts.add(REPAIRS, "an attribute is escaped anew", f"{at}/Properties{step(name)}", name=name)


def _heading(node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    level = node.get("HeadingLevel") or 0
    if level > _DEEPEST_HEADING:
        verdicts.add(REPAIRS, "a heading below level 6 becomes one of level 6", at)
    if level < 1:
        verdicts.add(LOSES, "a heading without a level is plain text in every export", at)


def _listed(node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    if node.get("ListData") is None:
        what = "a list" if node.get("Type") == "NodeList" else "a list item"
        verdicts.add(REFUSES, f"SiYuan itself ends at every start, as soon as it indexes {what} without ListData", at)
    if node.get("Type") == "NodeList":
        first = (node.get("Children") or [{}])[0]
        if _type_of_list(first) == _TASKS != _type_of_list(node):
            verdicts.add(REPAIRS, "a list of tasks that does not say so becomes one", at)


def _type_of_list(node: Fields) -> int:
    return int((node.get("ListData") or {}).get("Typ") or 0)


def _code(node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    if not node.get("IsFencedCodeBlock"):
        verdicts.add(LOSES, "the code of a block without IsFencedCodeBlock is missing in every Markdown export", at)


def _formula(_node: Fields, below: list[str], at: str, verdicts: Verdicts) -> None:
    if "NodeMathBlockContent" not in below:
        verdicts.add(REFUSES, "a formula without its content: the document cannot be opened", at)


def _picture(node: Fields, below: list[str], at: str, verdicts: Verdicts) -> None:
    if "NodeLinkDest" not in below:
        what = "a picture" if node.get("Type") == "NodeImage" else "a link"
        verdicts.add(REFUSES, f"{what} without its destination: the document cannot be opened", at)
        return
    target = (node.get("Children") or [])[below.index("NodeLinkDest")].get("Data") or ""
    if node.get("Type") == "NodeImage" and target != target.rstrip(" "):
        verdicts.add(REPAIRS, "a blank behind the target of a picture is taken out", at)


def _table(_node: Fields, below: list[str], at: str, verdicts: Verdicts) -> None:
    if "NodeTableHead" not in below:
        verdicts.add(LOSES, _HEADLESS, at)


def _table_head(_node: Fields, below: list[str], at: str, verdicts: Verdicts) -> None:
    if "NodeTableRow" not in below:
        verdicts.add(LOSES, _HEADLESS, at)


def _tag(node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    if not any(child.get("Data") for child in node.get("Children") or () if child.get("Type") == "NodeText"):
        verdicts.add(REPAIRS, "a tag without text is called Untitled", at)


def _inline_html(_node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    verdicts.add(REPAIRS, "HTML in a line becomes an HTML block", at)


def _reference(_node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    verdicts.add(REPAIRS, "a reference of an old form becomes one of today's", at)


def _mark(node: Fields, _below: list[str], at: str, verdicts: Verdicts) -> None:
    if _MARKUP.search(node.get("TextMarkTextContent") or ""):
        verdicts.add(LOSES, "text of a mark that the editor takes for HTML", at)


_CHECKS: dict[str, Check] = {
    "NodeHeading": _heading,
    "NodeList": _listed,
    "NodeListItem": _listed,
    "NodeCodeBlock": _code,
    "NodeMathBlock": _formula,
    "NodeImage": _picture,
    "NodeLink": _picture,
    "NodeTable": _table,
    "NodeTableHead": _table_head,
    "NodeTag": _tag,
    "NodeInlineHTML": _inline_html,
    "NodeBlockRef": _reference,
    "NodeTextMark": _mark,
}
