"""The approved template behind finished words, and the values in it: what providers want instead of a text.

The words were judged and approved; here they are only found again. Words that no template gives to the letter are not
sent: nothing is bent until it fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.channels import ApprovedTemplate
from agent.errors import InputError


def find_template(
    body: str, sign: str, templates: Sequence[ApprovedTemplate], provider: str
) -> tuple[ApprovedTemplate, dict[str, str]]:
    """Raises InputError when the signature is another one, or no template of this provider says these words."""
    signature = f"【{sign}】"
    if not body.startswith(signature):
        raise InputError(f"the text does not begin with the signature {signature} registered at {provider}",
                         "set the brand's signature to the registered one")  # fmt: skip
    text = body.removeprefix(signature)
    for template in templates:
        if template.provider == provider and (values := template.read(text)) is not None:
            return template, values
    raise InputError(f"no template approved by {provider} says these words", "choose one of templates.toml")
