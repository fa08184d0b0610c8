"""A small classifier of wording: which rule a sentence reads as if it broke, learnt from sentences written for it.

`lessons/` holds what it learnt from, by hand, language, rule and side; `train.py` makes `weights_*.npz` of them, which
is all that is read when a message is judged. It may ask for a person, and never passes or blocks by itself.
"""
