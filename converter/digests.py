"""BLAKE2b, by itself: `hashlib` would load OpenSSL, which takes longer than a small run has for all of its digests."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that is built in another way
    from hashlib import blake2b

__all__ = ["blake2b", "digest_of_bytes"]


def digest_of_bytes(data: bytes) -> bytes:
    """A short digest, such as of what a note was in its store."""
    return blake2b(data, digest_size=16).digest()
