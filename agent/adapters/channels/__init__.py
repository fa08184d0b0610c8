"""Channels: each hands one message over once, and says honestly what became of it."""
