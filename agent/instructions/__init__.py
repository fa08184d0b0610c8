"""A rep's wishes in free words: read into flags (`reading`), and kept on a fact sheet (`following`)."""

from agent.instructions.following import follow
from agent.instructions.reading import flag_table, read_instruction

__all__ = ["flag_table", "follow", "read_instruction"]
