"""The ledger as one would write it for a single reader: dictionaries, no transactions, no locks."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.ledger import Claim, Refusal

OPEN = ("reserved", "committed", "redeemed")


@dataclass
class Pot:
    amount: int
    reserved: int = 0
    spent: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.reserved - self.spent


@dataclass
class Held:
    """A reservation, `name` being what the real ledger called it."""

    name: str
    claim: Claim
    status: str = "reserved"
    code: str | None = None


@dataclass
class Model:
    pots: dict[str, Pot] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    free: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def answer(self, claim: Claim) -> Held | Refusal | None:
        """What the ledger must say to a claim: what the case has, why not, or None for a new reservation."""
        for held in self.held:
            same = (held.claim.case_id, held.claim.offer_id) == (claim.case_id, claim.offer_id)
            if same and held.status != "released":
                return held if held.status in OPEN else Refusal.HAD_ITS_COUPON
        for cap in claim.caps:
            had = [h for h in self.held if h.status != "released" and h.claim.customer_id == claim.customer_id]
            had = [h for h in had if h.claim.at >= cap.since and cap.offer_id in (None, h.claim.offer_id)]
            had = [h for h in had if h.claim.amount.minor > 0]  # what costs nothing is no money offer
            if len(had) >= cap.at_most:
                return Refusal.CUSTOMER_CAP
        if any(self.pots[name].left < claim.amount.minor for name in claim.budgets):
            return Refusal.BUDGET_EXHAUSTED
        if claim.needs_code and not self.free.get(claim.offer_id):
            return Refusal.NO_CODE_LEFT
        return None

    def reserve(self, name: str, claim: Claim) -> Held:
        held = Held(name, claim)
        self.held.append(held)
        self._money(held, +1, 0)
        if claim.needs_code:
            held.code = min(self.free[claim.offer_id])
            self.free[claim.offer_id].remove(held.code)
        return held

    def commit(self, held: Held) -> None:
        if held.status == "reserved":
            self._move(held, "committed", -1, +1)

    def release(self, held: Held) -> None:
        if held.status == "reserved":
            self._move(held, "released", -1, 0)
            if held.code:
                self.free[held.claim.offer_id].append(held.code)

    def redeem(self, held: Held) -> bool:
        if held.status == "expired" and any(self.pots[b].left < held.claim.amount.minor for b in held.claim.budgets):
            self._move(held, "late", 0, 0)
        elif held.status in ("reserved", "committed", "expired"):
            self._move(held, "redeemed", *{"reserved": (-1, +1), "committed": (0, 0), "expired": (0, +1)}[held.status])
        else:
            return False
        self._burn(held)
        return True

    def refund(self, held: Held) -> bool:
        if held.status not in ("committed", "redeemed"):
            return False
        self._move(held, "refunded", 0, -1)
        self._burn(held)
        return True

    def expire(self, held: Held) -> bool:
        if held.status != "committed":
            return False
        self._move(held, "expired", 0, -1)
        return True

    def _burn(self, held: Held) -> None:
        if held.code:
            self.used.add(held.code)

    def _move(self, held: Held, to: str, reserved: int, spent: int) -> None:
        held.status = to
        self._money(held, reserved, spent)

    def _money(self, held: Held, reserved: int, spent: int) -> None:
        for name in held.claim.budgets:
            self.pots[name].reserved += reserved * held.claim.amount.minor
            self.pots[name].spent += spent * held.claim.amount.minor
