"""Tests of new names in the bytes of items."""
