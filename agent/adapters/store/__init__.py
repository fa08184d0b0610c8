"""State: customers, scores, cases, drafts, ledger, outbox, outcomes, in SQLite or PostgreSQL.

`SqlStore` is a shelf of small books over one database, sharing one transaction: `with store.write():` makes whatever is
called inside it commit together.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import sqlalchemy as sa

from agent.adapters.store.access import Access
from agent.adapters.store.answers import Answers
from agent.adapters.store.arrivals import Arrivals
from agent.adapters.store.campaigns import Campaigns
from agent.adapters.store.cases import Cases
from agent.adapters.store.flows import Flows
from agent.adapters.store.judged import JudgedMessages
from agent.adapters.store.ledger import Ledger
from agent.adapters.store.outbox import Outbox
from agent.adapters.store.people import People
from agent.adapters.store.receipts import Receipts
from agent.adapters.store.replies import Jobs, Replies
from agent.adapters.store.results import Results
from agent.adapters.store.scores import Scores
from agent.adapters.store.sending import Sending
from agent.adapters.store.style import Style
from agent.adapters.store.transactions import Transactions
from agent.adapters.store.votes import Votes


class SqlStore:
    def __init__(self, engine: sa.Engine, brand_id: str) -> None:
        self._tx = Transactions(engine)
        self.people = People(self._tx, brand_id)
        self.scores = Scores(self._tx, brand_id)
        self.cases = Cases(self._tx, brand_id)
        self.ledger = Ledger(self._tx, brand_id)
        self.outbox = Outbox(self._tx, brand_id)
        self.results = Results(self._tx, brand_id)
        self.campaigns = Campaigns(self._tx, brand_id)
        self.flows = Flows(self._tx, brand_id)
        self.access = Access(self._tx, brand_id)
        self.arrivals = Arrivals(self._tx, brand_id)
        self.replies = Replies(self._tx, brand_id)
        self.jobs = Jobs(self._tx, brand_id)
        self.sending = Sending(self._tx, brand_id)
        self.judged = JudgedMessages(self._tx, brand_id)
        self.style = Style(self._tx, brand_id)
        self.receipts = Receipts(self._tx, brand_id)
        self.answers = Answers(self._tx, brand_id)
        self.votes = Votes(self._tx, brand_id)

    def write(self) -> AbstractContextManager[sa.Connection]:
        """Everything called inside commits together or not at all."""
        return self._tx.write()
