"""Residue: what a target cannot hold travels beside it, and a later conversion puts it back (docs/residue.md)."""
