"""Someone's own words without what identifies a person or could be copied: names, numbers, codes, addresses, links.

Text in, text with typed marks out ([phone], [name],
[address] …). What was masked is never put back into these words: a
prompt reads the marks, and facts reach a message only through slots. `names` are those that the caller knows, the
customer's own first of all. Every quantifier is bounded, so that the time grows with the text and no faster.
"""

from __future__ import annotations

from agent.language.masking.find import Masked, find_private, plain
from agent.language.masking.mask import hide, mask

__all__ = ["Masked", "find_private", "hide", "mask", "plain"]
