"""Every error that Holdfast raises on purpose.

One base class, so that a door (command line, HTTP) can turn any of them into its own answer in one place. The message
is one plain sentence; `remedy` says what to do about it; `code` is stable and meant for programs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar


class HoldfastError(Exception):
    """Something went wrong that a person can put right."""

    code: ClassVar[str] = "failed"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(HoldfastError):
    """The call itself was wrong: an unknown option, a value that cannot be."""

    code = "usage"


class InputError(HoldfastError):
    """A file, row, column or key that was given cannot be used."""

    code = "bad_input"


class PlanRefused(InputError):
    """A plan whose parts cannot go together, or that names what is not here: each value alone may be right."""

    code = "plan_refused"


class NotFound(HoldfastError):
    """A customer, draft, case, offer or campaign that nobody has heard of."""

    code = "not_found"


class NotReady(HoldfastError):
    """Something must be done first: no model trained, no policies indexed, no brand set up."""

    code = "not_ready"


class TransitionNotAllowed(HoldfastError):
    """A case, message or campaign cannot go from where it is to where it was asked to go."""

    code = "not_allowed"


class GateRefused(HoldfastError):
    """The gate does not let this text out, or not without a person."""

    code = "gate_refused"


class StoreUnavailable(HoldfastError):
    """The database is locked, full, missing or of another version. The case waits; nothing was decided."""

    code = "store_unavailable"


class WriterUnavailable(HoldfastError):
    """A writer (language model) could not answer: not there, too slow, out of memory. The next rung is tried."""

    code = "writer_unavailable"


class PromptTooLong(WriterUnavailable):
    """The prompt does not fit this model's window. It is asked once more without what only shapes the words."""

    code = "prompt_too_long"


class ChannelUnavailable(HoldfastError):
    """A channel refused before anything left the house. The message stays queued.

    `retry_after` is the patience that the other side asked for, where it did.
    """

    code = "channel_unavailable"

    def __init__(self, message: str, remedy: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after


class DeliveryUnknown(HoldfastError):
    """A channel failed after something may have left the house. Never resent by itself."""

    code = "delivery_unknown"


class SlotError(HoldfastError):
    """A template asks for a slot, form or act that its fact sheet does not have. `slot` is the one."""

    code = "slot"

    def __init__(self, message: str, remedy: str = "", slot: str = "") -> None:
        super().__init__(message, remedy)
        self.slot = slot


class NoDraft(HoldfastError):
    """Every writer answered, and none with words that could be filled from the facts. A person writes this one."""

    code = "no_draft"
