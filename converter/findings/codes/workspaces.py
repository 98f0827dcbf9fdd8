"""Codes for workspaces of SiYuan: what its application would mend, and how things go in and out of it."""

from __future__ import annotations

from converter.findings.codes.entry import APPROXIMATED, ERROR, FAILED, INFO, NONE, SKIPPED, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "database-missing",
        WARNING,
        NONE,
        "A block shows a database that is not there or cannot be read[: {what}].",
        "Its file lies in `storage/av` of the workspace. It was not copied with the documents, or is damaged.",
        "Copy the file from a workspace that has it, and convert again.",
    ),
    Code(
        "document-repaired",
        WARNING,
        NONE,
        "The document is not as SiYuan writes it[: {what}]; it is mended.",
        "SiYuan itself would rewrite it when it opens it. Nothing of its text is lost here.",
        "Nothing to do.",
    ),
    Code(
        "document-upgraded",
        INFO,
        NONE,
        "The document is of an older form[, Spec {what}]; it is written in the present one.",
        "SiYuan itself upgrades such a document when it opens it.",
        "Nothing to do.",
    ),
    Code(
        "block-completed",
        WARNING,
        NONE,
        "A block lacks what SiYuan needs[: {what}]; it is completed.",
        "SiYuan would delete the block with all that it holds, or could not show it. Its text is kept here.",
        "Look at the block in the target.",
    ),
    Code(
        "unknown-node",
        WARNING,
        APPROXIMATED,
        "A node[ of the type {what}] is not known; its text is kept as text.",
        "A newer SiYuan, or another program, wrote it. SiYuan keeps less of it: it drops what such a node holds.",
        "`--strict-unknown` refuses such documents instead.",
    ),
    Code(
        "document-name-odd",
        WARNING,
        NONE,
        "A file that ends in .sy is not named by an id, or lies where no document can be.",
        "SiYuan neither lists nor indexes it. It passes between workspaces as a file and is no note.",
        "If it is a note, give it an id as its name and put it below its notebook.",
    ),
    Code(
        "parent-document-missing",
        WARNING,
        NONE,
        "Documents lie below one that is not there; an empty one stands in its place.",
        "The document was deleted without those below it. SiYuan makes the same empty document when it opens them.",
        "Rename it, or move what lies below it.",
    ),
    Code(
        "notebook-encrypted",
        ERROR,
        FAILED,
        "The notebook[ {what}] is encrypted; nothing of it is converted.",
        "Its documents and files can only be read with its password.",
        "Unlock it in SiYuan, copy its documents into a notebook that is not encrypted, and convert that.",
    ),
    Code(
        "notebook-repaired",
        WARNING,
        NONE,
        "The settings of a notebook are missing or broken; it is called Untitled.",
        "Its conf.json is not there or is no JSON. SiYuan puts a default in its place, and the name is lost.",
        "Rename the notebook.",
    ),
    Code(
        "guide-notebook",
        WARNING,
        NONE,
        "The notebook[ {what}] is SiYuan's own user guide.",
        "SiYuan puts the guide there when one opens it, and deletes notebooks of these ids when it ends. What was "
        "added to it goes with it.",
        "Move what is yours into a notebook of your own.",
    ),
    Code(
        "notebook-as-top",
        INFO,
        NONE,
        "The only notebook[, {what},] is the top of the target.",
        "A folder around everything would say nothing.",
        "Nothing to do.",
    ),
    Code(
        "notebook-page-skipped",
        INFO,
        SKIPPED,
        "The empty page of a notebook is left out.",
        "SiYuan keeps a hidden page for each notebook, and this one says nothing.",
        "Nothing to do.",
    ),
    Code(
        "workspace-settings-skipped",
        INFO,
        SKIPPED,
        "The settings of the application are left out.",
        "The conf folder belongs to one installation of SiYuan, which makes a new one where there is none. A wrong one "
        "keeps it from starting.",
        "Nothing to do; set in SiYuan what you want otherwise.",
    ),
    Code(
        "folder-as-document",
        INFO,
        APPROXIMATED,
        "A folder became an empty document.",
        "The target has no folders: documents hold documents.",
        "Nothing to do.",
    ),
    Code(
        "comment-as-memo",
        INFO,
        APPROXIMATED,
        "A comment became a memo on the text before it.",
        "The target has no comments; a memo shows when one points at it.",
        "Nothing to do.",
    ),
    Code(
        "link-as-text",
        INFO,
        APPROXIMATED,
        "A link that leads nowhere stands as text.",
        "The target's links name what is there by its id.",
        "Make a note of that name and link it.",
    ),
)
