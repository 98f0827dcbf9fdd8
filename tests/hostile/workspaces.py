"""Family C of the catalogue: workspaces of SiYuan, document by document and file by file."""

from __future__ import annotations

import json

from tests.hostile.case import FOUND, Case
from tests.hostile.sy import (
    BLOCK,
    CHILD,
    FILE,
    OTHER,
    OTHER_FILE,
    SECOND_BOX,
    SECOND_DATABASE,
    SOUND,
    beside,
    changed,
    embed,
    holding,
    link,
    long_database,
    made,
    nested,
    picture,
    reference,
    related,
    titled,
)
from tests.siyuan.judged import BOX, DATABASE, DECK, DOC, OPEN, SHOWN, database, document, inner, node, paragraph

_DATABASE_FILE = f"storage/av/{DATABASE}.json"
_UNKNOWN_COLUMN = database(
    keyValues=[
        *database()["keyValues"],
        {"key": {"id": "20240101000000-odddddd", "name": "Odd", "type": "hologram"}, "values": []},
    ]
)
_UNREADABLE = {
    "no bytes": b"",
    "half of it": json.dumps(document()).encode()[:150],
    "NULs": bytes(4096),
    "text": b"Dear diary",
    "a list": [],
    "not UTF-8": b'{"ID":"\xff',
    "of a newer version": changed(Spec="99"),
    "of a version that is a number": changed(Spec=2),
}
_ODD_TITLES = ("assets", "emojis", "storage", ".siyuan", "data-20240101000000", "../x", "CON", "a/b", "", "\u200b")
_ODD_IDS = {
    "of no time": "00000000000000-abcdefg",
    "of the year 9999": "99991231235959-abcdefg",
    "of the next century": "21000101000000-abcdefg",
    "of no day": "20241399999999-abcdefg",
}
_OUTSIDE = {
    "upwards": "assets/../../../secret.png",
    "upwards, encoded": "assets/%2e%2e/%2e%2e/%2e%2e/secret.png",
    "that is missing": "assets/gone.png",
}
_ELSEWHERE = {"absolute": "/etc/passwd", "a file's address": "file:///etc/passwd", "remote": "https://e.org/a.png"}
_INERT = {
    "html": node("HTMLBlock", own=BLOCK, Data="<div>deep<script>alert(1)</script></div>"),
    "iframe": node("IFrame", own=BLOCK, Data='<iframe src="javascript:alert(1)" title="deep"></iframe>'),
    "widget": node("Widget", own=BLOCK, Data='<iframe src="/widgets/deep" data-subtype="widget"></iframe>'),
    "script in a text": paragraph("<script>deep</script>", own=BLOCK),
}
_ATTRIBUTES = {"custom-a": 'a"b', "memo": "two\nlines }", "alias": "{: a=&quot;b&quot;}", "name": "deep}"}
_TABLE = node(
    "Table",
    inner("TableHead", inner("TableRow", inner("TableCell", inner("Text", Data="a")))),
    inner("TableRow", inner("TableCell", inner("Text", Data="deep\u0000\u200b"))),
    own=BLOCK,
    TableAligns=[0],
)

CASES: list[Case] = [
    *(
        Case(
            "C02" if "version" in what else "C03" if "list" in what else "C01",
            what,
            beside(content),
            FOUND,
            codes=("item-unreadable",),
            notes=1,
        )
        for what, content in _UNREADABLE.items()
    ),
    *(Case("C02", f"of version {spec!r}", beside(changed(Spec=spec)), notes=2) for spec in ("0", "1", "", None)),
    Case(
        "C03",
        "unknown node",
        holding(node("Hologram", own=BLOCK, Data="deep"), paragraph()),
        codes=("unknown-node",),
        notes=1,
    ),
    Case(
        "C03", "unknown node in a line", holding(node("Paragraph", inner("Hologram", Data="deep"), own=BLOCK)), notes=1
    ),
    Case(
        "C04",
        "name that is no id",
        beside(document(), **{f"{BOX}/note.sy": document()}),
        codes=("document-name-odd",),
        notes=2,
    ),
    Case("C04", "name that is another id", made({f"{BOX}/{CHILD}.sy": document(), OTHER_FILE: SOUND}), notes=2),
    Case("C04", "ids that are none", holding(paragraph("deep", own="x"), paragraph("b", own="")), notes=1),
    Case("C04", "an id twice in a document", holding(paragraph("deep", own=BLOCK), paragraph("b", own=BLOCK)), notes=1),
    Case(
        "C04",
        "an id in two documents",
        made(
            {FILE: document(paragraph("deep", own=BLOCK)), OTHER_FILE: document(paragraph("b", own=BLOCK), own=OTHER)}
        ),
        notes=2,
    ),
    Case(
        "C04",
        "a document in two notebooks",
        made({FILE: document(), f"{SECOND_BOX}/{DOC}.sy": document(), f"{SECOND_BOX}/.siyuan/conf.json": OPEN}),
        notes=2,
    ),
    *(
        Case("C05", what, made({f"{BOX}/{own}.sy": document(own=own)}), notes=1, holds=(f'id: "{own}"\nupdated',))
        for what, own in _ODD_IDS.items()
    ),
    Case(
        "C06",
        "to nothing",
        holding(reference("20240101000000-nothing")),
        codes=("link-missing",),
        notes=1,
        holds=("deep",),
    ),
    Case("C06", "to itself", holding(reference(BLOCK)), without=("link-missing",), notes=1, holds=("deep",)),
    Case(
        "C06",
        "to another notebook",
        made(
            {
                FILE: document(reference(OTHER)),
                f"{SECOND_BOX}/{OTHER}.sy": SOUND,
                f"{SECOND_BOX}/.siyuan/conf.json": OPEN | {"name": "Second"},
            }
        ),
        without=("link-missing",),
        notes=2,
    ),
    Case(
        "C06",
        "embeds in a circle",
        made(
            {
                FILE: document(embed(f"select * from blocks where id='{OTHER}'")),
                OTHER_FILE: document(
                    embed(f"select * from blocks where id='{DOC}'", "20240101000010-aaaaaaa"), own=OTHER
                ),
            }
        ),
        notes=2,
    ),
    Case(
        "C07",
        "no parent",
        made({f"{BOX}/{OTHER}/{CHILD}.sy": document(own=CHILD)}),
        codes=("parent-document-missing",),
        notes=1,
    ),
    *(
        Case("C07", f"order that is {what}", beside(document(), **{f"{BOX}/.siyuan/sort.json": data}), notes=2)
        for what, data in (
            ("no JSON", b"{oops"),
            ("empty", b""),
            ("a list", []),
            ("no number", {DOC: "x"}),
            ("deep", b"[" * 10_000),
        )
    ),
    *(
        Case("C08", f"picture {what}", holding(picture(target)), codes=("asset-missing",), notes=1)
        for what, target in _OUTSIDE.items()
    ),
    *(
        Case("C08", f"link {what}", holding(link(target)), notes=1, holds=("deep",))
        for what, target in _OUTSIDE.items()
    ),
    *(
        Case("C08", f"picture {what}", holding(picture(target)), notes=1, holds=(target,))
        for what, target in _ELSEWHERE.items()
    ),
    *(
        Case(
            "C09",
            f"titled {title!r}",
            made({FILE: titled(title), f"{BOX}/{DOC}/{CHILD}.sy": document(own=CHILD)}),
            notes=2,
        )
        for title in _ODD_TITLES
    ),
    Case("C11", "no database", holding(SHOWN), codes=("database-missing",), notes=1),
    Case(
        "C11",
        "a database that is no JSON",
        holding(SHOWN, **{_DATABASE_FILE: b"{oops"}),
        codes=("database-missing",),
        notes=1,
    ),
    Case(
        "C11",
        "relations in a circle",
        holding(
            SHOWN,
            **{
                _DATABASE_FILE: related(DATABASE, SECOND_DATABASE),
                f"storage/av/{SECOND_DATABASE}.json": related(SECOND_DATABASE, DATABASE),
            },
        ),
    ),
    Case("C11", "1,000 rows", holding(SHOWN, **{_DATABASE_FILE: long_database(1000)}), notes=1, holds=("deep",)),
    Case("C11", "unknown kind of column", holding(SHOWN, **{_DATABASE_FILE: _UNKNOWN_COLUMN}), notes=1),
    Case(
        "C12",
        "SQL",
        holding(embed("select * from blocks; drop table blocks -- deep")),
        notes=1,
        holds=("drop table blocks",),
    ),
    *(Case("C13", what, holding(block), notes=1, holds=("deep",)) for what, block in _INERT.items()),
    *(
        Case("C13", f"icon {icon}", made({FILE: titled("t", paragraph("deep"), icon=icon)}), notes=1)
        for icon in ("<img src=x onerror=alert(1)>", "../../x.png", "1f600", "javascript:alert(1)")
    ),
    Case("C14", "odd attributes", holding(paragraph("deep", own=BLOCK, **_ATTRIBUTES)), notes=1, holds=("deep",)),
    *(
        Case(
            "C15", what, beside(document(), **{f"storage/riff/{DECK}.deck": deck, f"storage/riff/{DECK}.cards": cards})
        )
        for what, deck, cards in (
            ("a deck that is cut", b"\x85\xa2ID\xb6", b"\x80"),
            ("cards that are none", b"\x80", b"\xc1\xff\xff"),
            ("cards that say they are many", b"\x80", b"\xdf\xff\xff\xff\xff"),
            ("no bytes", b"", b""),
        )
    ),
    Case(
        "C16",
        "an encrypted notebook",
        made(
            {
                FILE: b"SENC\x01\x01\x0c" + bytes(40),
                f"{BOX}/.siyuan/conf.json": OPEN | {"encrypted": True, "boxCrypt": {"spec": 1}},
                f"{SECOND_BOX}/{OTHER}.sy": SOUND,
                f"{SECOND_BOX}/.siyuan/conf.json": OPEN,
            }
        ),
        FOUND,
        codes=("notebook-encrypted",),
        notes=1,
    ),
    Case("C18", "a list 500 deep", made({FILE: nested(500)}), notes=1),
    Case(
        "C18",
        "1,000 blocks",
        holding(*(paragraph(f"b{at}", own=f"20240103{at:06}-aaaaaaa") for at in range(1000))),
        notes=1,
        holds=("b999",),
    ),
    Case(
        "C19",
        "what is left over",
        made(
            {
                FILE: document(),
                f"{BOX}/{DOC}.sy.tmp": b"{",
                f"{BOX}/.{OTHER}.sy.swp": b"x",
                f"{BOX}/{DOC} (conflict 2024-01-01).sy": b"{",
                "../history/2024-01-01-update/x.sy": b"x",
                "../repo/objects/ab/cd": b"x",
                "../temp/siyuan.db": b"x",
                "../conf/conf.json": {"kernelVersion": "3.7.3"},
            }
        ),
        codes=("document-name-odd", "workspace-settings-skipped"),
        notes=1,
    ),
    Case("C20", "zero-width blanks", holding(paragraph("de\u200bep\u200d\ufeff", own=BLOCK)), notes=1),
    Case(
        "C20",
        "attributes in a text",
        holding(paragraph('{: id="20240101000000-abcdefg"}', own=BLOCK)),
        notes=1,
        holds=("{: id=",),
    ),
    Case("C20", "NUL in a cell", holding(_TABLE), notes=1, holds=("deep",)),
]
