"""What the published schemas are called."""

from __future__ import annotations

__all__ = ["BASE"]

BASE = "https://mnemo-converter.example/schemas/"
"""What the `$id` of every schema begins with."""
