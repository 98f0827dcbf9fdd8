"""Where a library after our import differs from what Mnemo made of it, case by case, with the reason of each."""

from __future__ import annotations

from typing import Final

__all__ = ["AGAIN", "ONCE", "REASONS", "Table"]

REASONS: Final = {
    "same": "equal items are there already, and what comes besides stays with them; the application duplicates them",
    "settings": "a setting that is there keeps its value unless it is to be overwritten",
    "version": "the version of a map is stored as 0 by both, and read as 1 by the application",
    "F3": "a folder of decks whose row comes before that of its parent stays below the old one",
    "F4": "a folder of decks whose own is nowhere is not shown; with us it stands at the top",
    "F10": "of two decks of one id in a package the second replaces the first, or both are cut loose from it",
    "M2": "without a readable list of maps they are overwritten, and the list begins anew",
    "M6": "a map without an id is stored under none",
    "N1": "the parent of a duplicated note stays the old one",
    "N2": "page blocks of a duplicated note lead to the old pages",
    "N3": "a folder whose row comes before that of its parent stays below the old one",
    "N6": "pictures keep the paths of another machine",
    "N8": "pictures of the library are replaced by others of their names",
    "N10": "times are replaced by that of the import",
    "N14": "a note without an id gets a random one, one whose id is null makes all later imports fail",
    "N18": "circles of folders come in as they are, and no one sees them",
    "N21": "two notes of one id in the library make every import fail",
    "N22": "a note whose id names the row of a folder, or of an index, takes its place",
    "S2": "a text in place of a switch is stored, and ignored from then on",
    "T23": "an entry that the manifest names twice comes in twice",
    "T34": "nested folders stay nested, whatever the order of their rows",
    "T35": "pages and their parents lead to each other among duplicates",
    "T36": "so they do inside columns",
    "T39": "a circle of folders is broken",
    "T42": "the key of the row is the id of a note that has none",
    "T45": "a picture that differs comes under another name",
    "T46": "pictures in folders keep these",
    "T47": "a picture from another machine is found by its name",
    "T48": "or by the id of its block",
    "T50": "times are kept",
}
"""What each reason means: what the application does, or what we do instead."""

Table = dict[str, dict[str, list[str]]]
"""By case and step, then by reasons: lines as `recorded.differences` gives them, from the application to us."""

_BOTH: Final[Table] = {
    "notes-014.0": {
        "N10 T50": ["notes/n1.createdAt: '2026-11-21T14:49:15.1587765Z' -> '0001-01-01T00:00:00'"],
    },
    "notes-015.0": {
        "N14 T42": ["- notes/Nameless'", "+ notes/k"],
    },
    "notes-016.0": {
        "N14 T42": ["- notes/None", "+ notes/k"],
    },
    "notes-016.1": {
        "N14 T42": ["- notes/None", "+ notes/k", "+ notes/n-anchor"],
    },
    "notes-016.2": {
        "N14 T42": ["- notes/None", "+ notes/k", "+ notes/n-anchor"],
    },
    "notes-022.0": {
        "N21": ["+ notes/n-anchor", "- notes/same.createdAt", "notes/same.title: 'First' -> 'Second'"],
    },
    "notes-025.0": {
        "N22": ["+ noteFolders/f1", "+ notes/Index clash'", "- notes/folders_index"],
    },
    "folders-019.0": {
        "N18 T39": ["- noteFolders/fa.parentId"],
    },
    "images-006.0": {
        "N6 T47": ["notes/ni.blocks.0: payload: path: 'WINDOWS/i1.png' -> 'IMAGES/i1.png'"],
    },
    "images-007.0": {
        "T48": ["notes/ni.blocks.1: payload: path: '/home/inge/Pictures/orig.png' -> 'IMAGES/i2.jpg'"],
    },
    "images-008.0": {
        "N8 T46": ["files/chart.png: 'd4b99be3' -> 'f61521bd'", "+ files/sub/chart.png"],
    },
    "images-010.0": {
        "N6 T47": ["notes/ni.blocks.0: payload: path: 'THERE/chart.png' -> 'IMAGES/chart.png'"],
    },
    "images-010.1": {
        "N8 T45": ["+ files/chart 1.png", "files/chart.png: 'dcde60c2' -> 'f61521bd'"],
        "N6 T47": [
            "notes/Chart of the Jade'.blocks.0: payload: path: 'THERE/chart.png' -> 'IMAGES/chart 1.png'",
            "notes/ni.blocks.0: payload: path: 'THERE/chart.png' -> 'IMAGES/chart.png'",
        ],
    },
    "decks-007.0": {
        "F4": ["- cardFolders/cc.parentId"],
    },
    "decks-009.0": {
        "F10": ["- decks/Second'", "+ decks/dk~2"],
    },
    "decks-010.0": {
        "F10": ["decks/dk.name: 'Second' -> 'First'", "+ decks/dk~2"],
    },
    "mindmaps-006.0": {
        "M2": [
            "+ mindmaps/Voyage plan, revised'",
            "+ mindmaps/mo",
            "mindmaps/mv.nodes: content: text: 'Voyage plan, revised' -> 'Voyage plan'",
            "mindmaps/mv.title: 'Voyage plan, revised' -> 'Voyage plan'",
        ],
    },
    "mindmaps-008.0": {
        "version": ["- mindmaps/m0.version"],
    },
    "settings-003.0": {
        "S2": ["App.EnableToasts: 'true' -> False", "Notes.SidebarOpen: 'false' -> True"],
    },
    "settings-004.0": {
        "settings": ["App.Language: None -> 'nb'"],
    },
    "notes-026.0": {
        "N22": ["- noteFolders/None", "+ noteFolders/f1", "+ notes/Name clash'", "- notes/folder_f1"],
    },
    "notes-026.1": {
        "N22": [
            "- noteFolders/None",
            "+ noteFolders/f1",
            "+ notes/Name clash'",
            "- notes/folder_f1",
            "+ notes/n-buoys",
        ],
    },
    "notes-026.2": {
        "N22": [
            "- noteFolders/None",
            "+ noteFolders/f1",
            "+ notes/Name clash'",
            "- notes/folder_f1",
            "+ notes/n-anchor",
            "+ notes/n-buoys",
        ],
    },
    "mindmaps-010.0": {
        "M6": ["+ mindmaps/0", "- mindmaps/None"],
    },
    "mindmaps-010.1": {
        "M6": ["+ mindmaps/0", "- mindmaps/None"],
    },
}

AGAIN: Final[Table] = {
    **_BOTH,
    "notes-015.1": {
        "N14 T42": [
            "notes/Nameless'.createdAt: '2026-11-21T14:49:15.1812645Z' -> '0001-01-01T00:00:00'",
            "- notes/Nameless'2",
            "+ notes/k",
        ],
    },
    "notes-016.4": {
        "N14 T42": ["+ notes/Anchoring'", "- notes/None", "+ notes/k", "+ notes/n-anchor"],
    },
    "folders-003.0": {
        "N3 T34": ["noteFolders/North Sea'.parentId: 'fa' -> \"Passages'\""],
    },
    "folders-004.0": {
        "N3 T34": ["noteFolders/North Sea'.parentId: 'fa' -> \"Passages'\""],
    },
    "folders-006.0": {
        "N3 T34": [
            "noteFolders/North Sea'.parentId: 'fa' -> \"Passages'\"",
            "noteFolders/Wadden'.parentId: 'fb' -> \"North Sea'\"",
        ],
    },
    "folders-020.0": {
        "N18": ["- noteFolders/Ebb'.parentId"],
    },
    "pages-004.0": {
        "N1 T35": ["notes/nq.parentNoteId: 'np' -> \"Voyage'\""],
    },
    "pages-008.0": {
        "N2 T36": ["notes/Columns'.blocks.0: children: children: payload: referenceNoteId: 'nq' -> \"Leg one'\""],
    },
    "decks-004.0": {
        "F3": [
            "cardFolders/Lights'.parentId: 'ca' -> \"Theory'\"",
            "cardFolders/Towing'.parentId: 'cb' -> \"Lights'\"",
        ],
    },
    "decks-005.0": {
        "F3": ["cardFolders/Lights'.parentId: 'ca' -> \"Theory'\""],
    },
    "all-001.0": {
        "settings": ["App.Language: 'de' -> 'nb'"],
        "N8 T45": ["+ files/chart 1.png", "files/chart.png: 'b6782d79' -> 'f61521bd'"],
        "N3 T34": [
            "noteFolders/North Sea'.parentId: 'fa' -> \"Passages'\"",
            "noteFolders/Wadden'.parentId: 'fb' -> \"North Sea'\"",
        ],
        "N1 T35": ["notes/Leg one'.parentNoteId: 'np' -> \"Voyage'\""],
        "N2 T35": ["notes/Voyage'.blocks.1: payload: referenceNoteId: 'nq' -> \"Leg one'\""],
    },
    "all-003.0": {
        "N3 T34": [
            "noteFolders/North Sea'.parentId: 'fa' -> \"Passages'\"",
            "noteFolders/Wadden'.parentId: 'fb' -> \"North Sea'\"",
        ],
        "N1 T35": ["notes/Leg one'.parentNoteId: 'np' -> \"Voyage'\""],
        "N2 T35": ["notes/Voyage'.blocks.1: payload: referenceNoteId: 'nq' -> \"Leg one'\""],
    },
    "all-006.0": {
        "T23": ["- noteFolders/Passages'", "- notes/Anchoring'", "- notes/Buoys and marks'"],
    },
}

ONCE: Final[Table] = {
    **_BOTH,
    "notes-010.1": {
        "same": ["- notes/Anchoring'", "- notes/Buoys and marks'"],
    },
    "notes-010.2": {
        "same": ["- notes/Anchoring'", "- notes/Anchoring'2", "- notes/Buoys and marks'", "- notes/Buoys and marks'2"],
    },
    "notes-013.0": {
        "same": ["- notes/One'"],
    },
    "notes-015.1": {
        "N14 T42": ["- notes/Nameless'", "- notes/Nameless'2", "+ notes/k"],
    },
    "notes-016.4": {
        "N14 T42": ["- notes/None", "+ notes/k", "+ notes/n-anchor"],
    },
    "folders-001.0": {
        "same": [
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
        ],
    },
    "folders-003.0": {
        "same": [
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
        ],
    },
    "folders-004.0": {
        "same": [
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
        ],
    },
    "folders-006.0": {
        "same": [
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
        ],
    },
    "folders-008.0": {
        "same": [
            "- noteFolders/Passages'",
            "noteFolders/fb.parentId: \"Passages'\" -> 'fa'",
            "notes/na.folderId: \"Passages'\" -> 'fa'",
        ],
    },
    "folders-011.0": {
        "same": [
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "noteFolders/fb.parentId: \"Passages'\" -> 'fa'",
            "notes/na.folderId: \"Passages'\" -> 'fa'",
            "notes/nc.folderId: \"Wadden'\" -> 'fc'",
        ],
    },
    "folders-013.0": {
        "same": ["- noteFolders/Passages'", "- notes/In a'"],
    },
    "folders-014.0": {
        "same": ["- noteFolders/Passages'", "notes/na.folderId: \"Passages'\" -> 'fa'"],
    },
    "folders-020.0": {
        "same": ["- noteFolders/Ebb'", "- noteFolders/Flood'", "notes/n1.folderId: \"Ebb'\" -> 'fa'"],
    },
    "folders-025.1": {
        "same": [
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
        ],
    },
    "pages-004.0": {
        "same": ["- notes/Voyage'"],
    },
    "pages-006.0": {
        "same": ["- notes/Leg one'"],
    },
    "pages-008.0": {
        "same": ["- notes/Columns'", "- notes/Leg one'"],
    },
    "decks-004.0": {
        "same": [
            "- cardFolders/Lights'",
            "- cardFolders/Theory'",
            "- cardFolders/Towing'",
            "- decks/In a'",
            "- decks/In c'",
        ],
    },
    "decks-005.0": {
        "same": [
            "- cardFolders/Lights'",
            "- cardFolders/Theory'",
            "- cardFolders/Towing'",
            "- decks/In a'",
            "- decks/In c'",
        ],
    },
    "decks-008.0": {
        "same": ["- cardFolders/Odd'", "cardFolders/cb.parentId: \"Odd'\" -> 'ca'"],
    },
    "mindmaps-005.0": {
        "same": ["- mindmaps/Voyage plan'"],
    },
    "all-001.0": {
        "settings": ["App.Language: 'de' -> 'nb'"],
        "same": [
            "- cardFolders/Lights'",
            "- cardFolders/Theory'",
            "- cardFolders/Towing'",
            "- decks/In a'",
            "- decks/In c'",
            "- mindmaps/Voyage plan'",
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
            "- notes/Leg one'",
            "- notes/Voyage'",
        ],
        "N8 T45": ["+ files/chart 1.png", "files/chart.png: 'b6782d79' -> 'f61521bd'"],
    },
    "all-003.0": {
        "same": [
            "- mindmaps/Voyage plan'",
            "- noteFolders/North Sea'",
            "- noteFolders/Passages'",
            "- noteFolders/Wadden'",
            "- notes/In a'",
            "- notes/In b'",
            "- notes/In c'",
            "- notes/Leg one'",
            "- notes/Voyage'",
        ],
    },
    "all-006.0": {
        "same": ["- noteFolders/Passages'", "- notes/Anchoring'", "- notes/Buoys and marks'"],
    },
}
