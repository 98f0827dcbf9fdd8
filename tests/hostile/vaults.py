"""More of family D of the catalogue: what stands in the notes of a folder of Markdown."""

from __future__ import annotations

import json

from tests.hostile.case import Case
from tests.hostile.files import note, vault

_JSON = "out.jsonl"
_PACKAGE = "out.mnemo"

_NO_MAPPING = {"a word": "hello", "a number": "42", "a list": "- a\n- b", "a text of two lines": "one\ntwo"}
_NOTHING = {
    "empty": "",
    "blank lines": "\n\n",
    "only comments": "# no\n# none",
    "nulls": "title: null\ntags: ~\naliases:\nid:\ncreated: null",
    "nulls in a list": "tags: [null, ~]\naliases:\n  -\n",
}
_KEPT_KEYS = {"1": "y", "017": "z", "12:30": "x", "2024-01-02": "e", "no": "[[Note A]]", "true": "w", "~": "n"}
_KEPT_VALUES = {
    "a": "no",
    "b": "017",
    "c": "12:30:45",
    "d": "2024-01-02",
    "e": "1_000",
    "f": "[[x]]",
    "g": "0x1F",
    "h": "1.10",
    "i": "!!str 5",
}
_TAGS = {
    "a text": ("garden", ("garden",)),
    "a list": ("[garden, moss]", ("garden", "moss")),
    "a list in a list": ("[[garden], moss]", ("moss",)),
    "a number": ("2024", ("2024",)),
    "with blanks": ('["deep moss", x]', ("deep moss",)),
    "with its sign": ('["#garden/moss"]', ("garden/moss",)),
    "a sign that begins a comment": ("#garden", ()),
    "emoji": ("[🎉, 苔]", ("🎉", "苔")),
    "an object": ("{a: b}", ()),
    "the same twice": ("[moss, moss, Moss]", ("moss",)),
}
_HEADINGS = "# Same\n\n# Same\n\n# With [a link](n.md) and [[n]]\n\n# A. b. c...\n\n# 🎉\n\n#\n\n# 日本 *语*\n\n"
_TO_HEADINGS = "[[#Same]] [[#With a link and n]] [[#A. b. c...]] [[#🎉]] [[#日本 语]]"
_HIDDEN = "[[Nowhere]] #tag ![[gone.png]]"
_HIDING = {
    "code span": f"a `{_HIDDEN}` b",
    "fence": f"```\n{_HIDDEN}\n```",
    "indented code": f"text\n\n    {_HIDDEN}\n",
    "formula": f"$$\n{_HIDDEN}\n$$",
    "formula in a line": f"a ${_HIDDEN}$ b",
    "HTML comment": f"a\n\n<!-- {_HIDDEN} -->\n\nb",
    "comment": f"a\n\n%% {_HIDDEN} %%\n\nb",
    "comment in a line": f"a %%{_HIDDEN}%% b",
}
_BLOCK_IDS = {
    "twice": "one ^a\n\ntwo ^a\n\n[[#^a]]",
    "twice, by case": "one ^a\n\ntwo ^A\n\n[[#^A]]",
    "on an item": "- one ^a\n- two\n  - three ^b\n\n[[#^a]] [[#^b]]",
    "on a table": "| a |\n|---|\n| b |\n\n^a\n\n[[#^a]]",
    "on a quote": "> one\n\n^a\n\n[[#^a]]",
    "on code": "```\none\n```\n\n^a\n\n[[#^a]]",
    "of one letter and more": "one ^a_b\n\ntwo ^ä\n\nthree ^\n\nfour ^a b\n\nfive^c\n\nsix ^-\n",
    "very long": f"one ^{'a' * 5000}\n",
}
_CALLOUTS = {
    "nested": "> [!note] A\n> > [!warning]- B\n> > > [!tip]+ C\n> > > deep\n",
    "folded": "> [!note]- A\n> hidden\n\n> [!note]+ B\n> deep\n",
    "with a list": "> [!todo] A\n> - one\n>   - [ ] deep\n",
    "with a table": "> [!info] A\n> | a | b |\n> |---|---|\n> | deep | d |\n",
    "with code": "> [!bug] A\n> ```py\n> deep\n> ```\n",
    "of no known type": "> [!Hologram 3|x] A\n> deep\n",
    "without a type": "> [!] A\n> deep\n",
    "without a body": "> [!note] deep\n",
    "without a title": "> [!note]\n> deep\n",
    "in a list": "- a\n\n  > [!note] A\n  > deep\n",
    "100 in each other": "".join(f"{'>' * at} [!note] A{at}\n" for at in range(1, 100)) + ">" * 99 + " deep\n",
}
_TABLES = {
    "bars in code": "| a | b |\n|---|---|\n| `deep \\| x` | [[n\\|y]] |\n",
    "missing cells": "| a | b | c |\n|---|---|---|\n| deep |\n",
    "too many cells": "| a |\n|---|\n| deep | b | c |\n",
    "its second line only": "|---|---|\n\ndeep\n",
    "without a body": "| deep | b |\n|---|---|\n",
    "no bars at the ends": "deep | b\n---|---\nc | d\n",
    "1,000 columns": f"|{'a|' * 1000}\n|{'-|' * 1000}\n|{'deep|' * 1000}\n",
}
_WIKI = {
    "unknown page type": "title: Moss\npage_type: hologram\n",
    "confidence out of range": "title: Moss\nconfidence: 17.5\n",
    "confidence of another kind": "title: Moss\nconfidence: [high, -1]\n",
}
_ARTICLE = "---\ntitle: Moss\nslug: moss\npage_type: concept\nconfidence: 0.8\n---\nMoss is soft."


def _front(text: str) -> str:
    return f"---\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}---\nbody of it"


CASES: list[Case] = [
    *(
        Case("D04", what, note(_front(text)), codes=("front-matter-invalid",), notes=1, to=_PACKAGE)
        for what, text in _NO_MAPPING.items()
    ),
    *(
        Case("D04", what, note(_front(text)), without=("front-matter-invalid",), notes=1, to=_PACKAGE)
        for what, text in _NOTHING.items()
    ),
    Case(
        "D06",
        "keys that are no texts",
        note(_front("".join(f"{key}: {value}\n" for key, value in _KEPT_KEYS.items()))),
        notes=1,
        holds=tuple(f"{key}: {value}\n" for key, value in _KEPT_KEYS.items()),
        to=_JSON,
    ),
    Case(
        "D06",
        "values that YAML 1.1 changes",
        note(_front("".join(f"{key}: {value}\n" for key, value in _KEPT_VALUES.items()))),
        notes=1,
        holds=tuple(f"{key}: {value}\n" for key, value in _KEPT_VALUES.items()),
        to=_JSON,
    ),
    Case("D06", "a key twice", note(_front("a: 1\na: 2\n")), notes=1, holds=("a: 1\n", "a: 2\n"), to=_JSON),
    Case("D06", "a title twice", note(_front("title: One\ntitle: Two\n")), notes=1, holds=("One",), to=_PACKAGE),
    Case("D06", "a key that is a list", note(_front("[a, b]: w\n")), notes=1, holds=("[a, b]: w\n",), to=_JSON),
    *(
        Case(
            "D06",
            f"a title {title}",
            note(_front(f"title: {title}\n")),
            codes=("front-matter-invalid",),
            notes=1,
            holds=(f"title: {title}\n",),
            to=_JSON,
        )
        for title in ("- moss", "[[Note A]], b", "a: b")
    ),
    *(
        Case("D06", f"a title {title}", note(_front(f"title: {title}\n")), notes=1, holds=(shown,), to=_PACKAGE)
        for title, shown in ((":moss", ":moss"), ("#moss", "n"), ("-moss", "-moss"), ("017", "017"), ("no", "no"))
    ),
    *(
        Case("D07", what, note(_front(f"tags: {text}\n")), notes=1, holds=tags, to=_JSON)
        for what, (text, tags) in _TAGS.items()
    ),
    Case(
        "D10",
        "odd headings",
        note(_HEADINGS + _TO_HEADINGS),
        without=("link-missing", "link-place-missing"),
        notes=1,
        to=_PACKAGE,
    ),
    Case(
        "D10",
        "an address as other systems make it",
        note("# Same\n\n# Same\n\n[t](#same-1)"),
        codes=("link-place-missing",),
        notes=1,
        to=_PACKAGE,
    ),
    Case("D10", "1,000 headings", note("".join(f"## H {at % 50}\n\n" for at in range(1000))), notes=1, to=_PACKAGE),
    *(
        Case("D11", what, note(text), without=("link-place-missing",), notes=1, to=_PACKAGE)
        for what, text in _BLOCK_IDS.items()
    ),
    Case("D11", "of nothing", note("^a\n\n[[#^a]]"), codes=("link-place-missing",), notes=1, to=_PACKAGE),
    *(
        Case(
            "D13",
            what,
            note(text),
            without=("link-missing", "asset-missing", "image-without-file"),
            notes=1,
            holds=(_HIDDEN,),
            to=_JSON,
        )
        for what, text in _HIDING.items()
    ),
    *(Case("D15", what, note(text), notes=1, holds=("deep",), to=_PACKAGE) for what, text in _CALLOUTS.items()),
    *(Case("D16", what, note(text), notes=1, holds=("deep",), to=_PACKAGE) for what, text in _TABLES.items()),
    *(
        Case("D24", what, note(_front(text)), notes=1, holds=(text.splitlines()[1],), to=_JSON)
        for what, text in _WIKI.items()
    ),
    Case(
        "D24",
        "two articles of one title",
        vault({"wiki/a/moss.md": _ARTICLE, "wiki/b/moss.md": _ARTICLE, "n.md": "[[moss]]"}),
        notes=3,
        to=_PACKAGE,
    ),
    Case(
        "D24",
        "metadata that says otherwise",
        vault(
            {
                "wiki/moss.md": _ARTICLE,
                "wiki/metadata.json": json.dumps({"articles": [{"slug": "fern", "title": "Fern"}]}),
            }
        ),
        codes=("asset-unused",),
        notes=1,
        to=_PACKAGE,
    ),
]
