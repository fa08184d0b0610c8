"""The firm's own people are told in their group what waits for them: each case once, many in one message.

Takes a workshop, gives how many cases were told of. A group that cannot be reached is told next time; one of which
nobody knows whether it was told is not told again, because the queue shows the same anyway.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agent.errors import DeliveryUnknown
from agent.staff import digest

if TYPE_CHECKING:
    from api.bootstrap import Workshop

AT_MOST = 200
"""Cases looked at in one turn; those that do not fit into the message are counted in it."""


def tell_staff(workshop: Workshop) -> int:
    """Raises ChannelUnavailable when the group cannot be told; 0 where no robot is set or nothing is new."""
    robot, account = workshop.robot, workshop.settings.robot
    if robot is None or account is None:
        return 0
    cases = workshop.store.cases.untold(AT_MOST)
    if not cases:
        return 0
    with suppress(DeliveryUnknown):
        robot.tell(digest(cases, workshop.brand, account.console, robot.longest))
    now = workshop.clock.now()
    with workshop.store.write():
        for case in cases:
            workshop.store.cases.note(case.case_id, "told", now, {"robot": robot.name})
    return len(cases)
