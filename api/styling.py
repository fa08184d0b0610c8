"""Rules of style that edits taught, taken back and let hold again by any door."""

from __future__ import annotations

from agent.domain import StyleRule
from agent.errors import NotFound
from api.bootstrap import Workshop


def turn(shop: Workshop, rule_id: str, revoked: bool, by: str) -> StyleRule:
    """The rule as it stands afterwards. Raises NotFound for a rule that no two cases taught."""
    _rule(shop, rule_id)
    shop.store.style.turn(rule_id, revoked, by, shop.clock.now())
    return _rule(shop, rule_id)


def _rule(shop: Workshop, rule_id: str) -> StyleRule:
    found = next((rule for rule in shop.store.style.rules() if rule.id == rule_id), None)
    if found is None:
        raise NotFound(f"no rule of style {rule_id!r}", "see: holdfast style list")
    return found
