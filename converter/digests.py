"""Digests without OpenSSL, which `hashlib` loads: that takes longer than a small run has for all of its digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that is built in another way
    from hashlib import blake2b

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["blake2b", "digest_of_bytes", "sha256"]


def digest_of_bytes(data: bytes) -> bytes:
    """A short digest, such as of what a note was in its store."""
    return blake2b(data, digest_size=16).digest()


def sha256(data: bytes = b"") -> _Hash:
    """SHA-256, with OpenSSL from the first one on."""
    from hashlib import sha256

    return sha256(data)
