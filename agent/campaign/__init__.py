"""Many cases at once: who would be written to and why not the others, then one case after the other.

A campaign is a plan and a status; its cases are its progress. A case's id is a function of campaign and customer, so
whoever was reached before a crash is skipped after it, and starting twice reaches nobody twice.

`placing` says where one customer stands, `preview` walks through the decisions without writing, `checks` says what
cannot be meant, `moves` are the turns of a campaign's life with who made them, `walk` goes through it.
"""

from agent.campaign.mind import Mind, warnings
from agent.campaign.moves import begin, cancel, changes, due, is_over, pause, resume, sign_off
from agent.campaign.placing import candidates
from agent.campaign.preview import Preview, preview
from agent.campaign.walk import approve_all, go_through, run, walk_through

__all__ = [
    "Mind",
    "Preview",
    "approve_all",
    "begin",
    "cancel",
    "candidates",
    "changes",
    "due",
    "go_through",
    "is_over",
    "pause",
    "preview",
    "resume",
    "run",
    "sign_off",
    "walk_through",
    "warnings",
]
