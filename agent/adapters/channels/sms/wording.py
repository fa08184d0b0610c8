"""What providers of approved texts have in common: an account, its texts, and the one that stands behind given words.

The words were judged and approved; here they are only found again, as template and values: what such providers want
instead of a text. Words that no template gives to the letter are not sent: nothing is bent until it fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from agent.adapters.channels.posting import Poster
from agent.channels import ApprovedTemplate
from agent.domain import Message
from agent.errors import InputError
from agent.ports import Clock
from agent.sms_url import SmsAccount

PLACE = ZoneInfo("Asia/Shanghai")
"""Where the days of an approval are counted: all of these providers are Chinese."""


class TemplateSms:
    """One account at one provider; `name` is the key of its rules."""

    name: ClassVar[str]

    def __init__(self, account: SmsAccount, templates: Sequence[ApprovedTemplate], clock: Clock) -> None:
        self._account = account
        self._templates = tuple(template for template in templates if template.provider == self.name)
        self._clock = clock
        self._poster = Poster("HOLDFAST_SMS_URL", clock, account.timeout_s)

    def approved(self, message: Message) -> tuple[ApprovedTemplate, dict[str, str]]:
        """The template that gives these words, and its values in their order.

        Raises InputError when the signature is another one, or no template in force for this purpose says the words.
        """
        signature = f"【{self._account.sign}】"
        if not message.body.startswith(signature):
            raise InputError(
                f"the text does not begin with the signature {signature} registered at {self.name}",
                "set the brand's signature to the registered one",
            )
        text, today = message.body.removeprefix(signature), self._clock.now().astimezone(PLACE).date()
        for template in self._templates:
            if template.is_for(message.purpose, today) and (values := template.read(text)) is not None:
                return template, values
        raise InputError(
            f"no template that {self.name} approved for {message.purpose} says these words",
            "choose one of templates.toml",
        )
