"""Answers for a chatbot: grounded in clauses in force, cited, judged by the gate; who wants to leave, leaves.

`reply_to` takes a conversation and a house and gives an Answer. Knows nothing of HTTP.
"""

from __future__ import annotations

from agent.chat.intent import intent_of, is_stop
from agent.chat.records import Answer, Citation, Conversation, Intent, Turn
from agent.chat.reply import reply_to

__all__ = ["Answer", "Citation", "Conversation", "Intent", "Turn", "intent_of", "is_stop", "reply_to"]
