"""Mnemo: records shared by its formats."""
