"""holdfast-tiny-demo: a very small causal language model trained in about a minute on our own phrasebook.

It makes the path through transformers real on a machine without hub and GPU. It knows nothing the phrasebook does not,
and it is no match for a grown model; the folder it is saved to says so.
"""

from __future__ import annotations

from agent.writers.tiny.train import train_tiny
from agent.writers.tiny.writer import load_tiny

__all__ = ["load_tiny", "train_tiny"]
