"""Markdown in the Obsidian dialect: text to blocks (`parse`) and back (`render`); docs/formats/markdown.md."""
