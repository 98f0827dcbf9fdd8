"""Lowering: the model that the target can hold exactly, with an answer for every block and a finding for every loss."""
