"""Codes for how things hang together: folders, names, ids, links and files."""

from __future__ import annotations

from converter.findings.codes.entry import APPROXIMATED, ERROR, FAILED, INFO, NONE, WARNING, Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "folder-missing",
        WARNING,
        NONE,
        "The folder that this item names is not in the source; it stands at the top.",
        "The folder was deleted, or was not exported with its contents.",
        "Move the item where it belongs.",
    ),
    Code(
        "folder-cycle",
        WARNING,
        NONE,
        "This folder lies inside itself; the circle was cut and it stands at the top.",
        "The application shows none of the folders of such a circle.",
        "Move the folder where it belongs.",
    ),
    Code(
        "parent-missing",
        WARNING,
        NONE,
        "The note that this one is a page of is not in the source.",
        "The parent was deleted, or was not exported.",
        "Nothing to do, or link the note from where it belongs.",
    ),
    Code(
        "note-children-as-folder",
        INFO,
        APPROXIMATED,
        "The notes below this note stand in a folder of its name.",
        "The target has no notes inside notes.",
        "Nothing to do: the note itself is the first in that folder.",
    ),
    Code(
        "name-changed",
        INFO,
        APPROXIMATED,
        "The name[ {what}] cannot be a name in the target[ and became {became}].",
        "File systems and applications forbid some characters and names, and limit their length. The title "
        "itself is kept in the note where the target has a place for it.",
        "Rename it in the source if you would rather choose the name yourself.",
    ),
    Code(
        "duplicate-name",
        INFO,
        APPROXIMATED,
        "Two items would have the same name in the target[; this one became {became}].",
        "The source allows equal names, or names that differ in upper and lower case only; the target does "
        "not. Links are rewritten.",
        "Rename one of them in the source if you would rather choose the name yourself.",
    ),
    Code(
        "duplicate-id",
        WARNING,
        NONE,
        "Two items have the same id[ {what}][ {id}]; this one got a new one[, {became}].",
        "Applications keep only one of two items of one id. Both are converted.",
        "Look whether both are needed: the second is often a copy.",
    ),
    Code(
        "id-changed",
        INFO,
        APPROXIMATED,
        "The id[ {what}] cannot be an id in the target[ and became {became}].",
        "Each application has its own form of ids. Links inside the source are rewritten; those from outside are not.",
        "The report's `ids` lists old and new ones.",
    ),
    Code(
        "link-missing",
        WARNING,
        NONE,
        "A link[ to {what}] leads nowhere; it is kept as it was written.",
        "No note or file of that name or id is in the source.",
        "Correct the link in the source, or ignore it: it led nowhere before.",
    ),
    Code(
        "link-place-missing",
        WARNING,
        NONE,
        "A link[ to {what}] names a place that its note does not have; it leads to the note.",
        "The heading or block was renamed or deleted.",
        "Correct the link in the source.",
    ),
    Code(
        "link-left-selection",
        INFO,
        APPROXIMATED,
        "A link[ to {what}] leaves the selection; it is kept as text that leads nowhere.",
        "Only a part of the source was converted, and what the link names is not in it.",
        "Widen `--only`, `--include`, `--exclude` or `--tag` if you want it in.",
    ),
    Code(
        "reference-to-failed",
        ERROR,
        FAILED,
        "A link[ to {what}] leads to an item that failed; it leads nowhere in the target.",
        "That item could not be converted after all; it has a finding of its own.",
        "Mend the item that failed and convert once more.",
    ),
    Code(
        "asset-missing",
        WARNING,
        NONE,
        "The file[ {what}] that the note shows is not in the source.",
        "It was moved, deleted, or not exported.",
        "Put the file back where the note looks for it, and convert once more. The link is kept as it was written.",
    ),
    Code(
        "asset-unused",
        INFO,
        NONE,
        "No note names this file; it is kept.",
        "It is left over from a deleted note, or is used in a way that is not known here.",
        "Nothing to do, or delete it.",
    ),
    Code(
        "image-without-file",
        WARNING,
        NONE,
        "A picture names no file; it is kept as an empty one.",
        "It was never filled in, or its path was lost.",
        "Choose the picture again, or delete the empty place.",
    ),
    Code(
        "images-need-directory",
        INFO,
        APPROXIMATED,
        "Mnemo 0.6 will show placeholders instead of the pictures.",
        "That version finds pictures by their absolute path on its own computer, and the path is not known "
        "here. The pictures are in the package, and Mnemo 0.8 finds them.",
        "Give `--images-dir` with the images directory of the Mnemo that will import the package.",
    ),
    Code(
        "richer-target",
        INFO,
        APPROXIMATED,
        "Blocks were simplified that Mnemo[ {what}] could hold.",
        "The package is written so that Mnemo 0.6 can import it as well.",
        "Give `--mnemo-target 0.8` if that is the version that will import it.",
    ),
)
