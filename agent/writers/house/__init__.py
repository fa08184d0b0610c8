"""holdfast-house: a small causal language model trained from scratch on our own phrasebook; its weights ship with it.

It makes the whole way of a language model (load, chat template, generate, check, repair, fall back) real on a machine
without hub and GPU. It knows nothing that the phrasebook does not, and is no match for a grown model; its card says so.
"""

from __future__ import annotations

from agent.writers.house.train import train_house
from agent.writers.house.writer import WEIGHTS, HouseWriter, load_house

__all__ = ["WEIGHTS", "HouseWriter", "load_house", "train_house"]
