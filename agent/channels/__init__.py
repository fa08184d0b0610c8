"""What channels and their providers allow, as dated data, and the texts that a firm had approved for them.

`rules.py` is the market (law and custom, for whoever carries the message), `providers.py` the company that carries it,
`physics.py` holds a text against the latter, `templates.py` reads `templates.toml`. The data lie in
`agent/channel_data/`: a file a market, and under `providers/` a file a provider.
"""

from agent.channels.physics import objections
from agent.channels.providers import Cap, ProviderRules, VariableType, load_providers, provider_rules
from agent.channels.rules import CHINA_ZONES, ChannelRules, QuietHours, load_channels, market_of, rules_for
from agent.channels.templates import NO_TEMPLATES, ApprovedTemplate, Templates, Variable, read_templates

__all__ = [
    "CHINA_ZONES",
    "NO_TEMPLATES",
    "ApprovedTemplate",
    "Cap",
    "ChannelRules",
    "ProviderRules",
    "QuietHours",
    "Templates",
    "Variable",
    "VariableType",
    "load_channels",
    "load_providers",
    "market_of",
    "objections",
    "provider_rules",
    "read_templates",
    "rules_for",
]
