"""Text → what a search compares: terms (`terms.py`) and vectors of a small language model (`choice.py` says which).

Two models come with us as packages' data and run in numpy (`bert.py`); one from the hub or a folder takes over when it
is configured (`hub.py`, the only file here that imports torch and transformers).
"""
