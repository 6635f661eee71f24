"""Frozen values and pure rules: standard library only, time is passed in."""
