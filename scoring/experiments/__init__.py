"""Did it help? Experiments and campaigns → effects with honest intervals, or the reason why nobody can tell.

Reading order: `table` → `ratio` → `balance` → `sample` → `adjust` → `difference`, `anytime` → `profit` → `verdict` →
`experiment`. `power` asks before it starts. Nothing here knows a customer, a message or a store.
"""

from __future__ import annotations
