"""Tests mirror bot/. Properties are tried with the same examples at every run, however slow the machine."""

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")
