"""Order lines taken for customers, and customers for order lines: told by their columns before a row is believed.

Order files name customers, and customer lists may hold sums and dates, so neither is told by one column. What the
shop's own mapping names is meant as it is said. A header that both kinds use ("created at") says nothing.
"""

from __future__ import annotations

import pandas as pd

from scoring.errors import BadColumn
from scoring.headers import ColumnMap, read_mapping, recognise

OF_ORDERS = ("order_id", "at", "item_id", "quantity", "unit_price", "amount")
OF_BOTH = frozenset({"customer_id", "country"})
SHIPPED_TO = frozenset({"name", "given_name", "email", "phone"})
"""What an order says of its customer as well."""


def refuse_orders(table: pd.DataFrame, found: dict[str, str], mapping: ColumnMap) -> None:
    """`found`: what was recognised of a customer list. Raises BadColumn when these are order lines."""
    lines, people = _orders(table, found), _people(table, found, mapping)
    if not lines:
        return
    of_their_own = [name for name in people if name not in SHIPPED_TO]
    dated = "order_id" in lines or "at" in lines
    if not people or (dated and len(lines) > max(1, len(of_their_own))):
        raise BadColumn(
            f"This looks like a file of order lines ({', '.join(lines.values())}), not of customers.",
            "Bring it in as orders: holdfast import orders FILE. Customers who are new are met by the way.",
        )


def refuse_customers(table: pd.DataFrame, found: dict[str, str], mapping: ColumnMap) -> None:
    """`found`: what was recognised of a file of orders or events. Raises BadColumn when this is a customer list.

    A file without a time is no file of orders anyway; one whose only time is the day on which somebody joined would be
    taken for one order a customer.
    """
    known = recognise(table, "customer")
    people = _people(table, known, mapping)
    telling = [name for name in ("kind", "item", *OF_ORDERS) if name in found and found[name] not in known.values()]
    if people and not telling and not set(read_mapping(mapping)) - OF_BOTH:
        raise BadColumn(
            f"This looks like a customer list ({', '.join(people.values())}), not like orders or events: "
            "no column says when something was bought or done.",
            "Bring it in as customers: holdfast import customers FILE. If it is another file, name its time column: "
            '[columns] at = "its header" (--map FILE).',
        )


def _orders(table: pd.DataFrame, found: dict[str, str]) -> dict[str, str]:
    lines = recognise(table, "order")
    return {name: lines[name] for name in OF_ORDERS if name in lines and lines[name] not in found.values()}


def _people(table: pd.DataFrame, found: dict[str, str], mapping: ColumnMap) -> dict[str, str]:
    """What is said of somebody, by headers that no order file has, or that the mapping gives to a customer."""
    shared, meant = set(recognise(table, "order").values()), read_mapping(mapping)
    return {
        name: header
        for name, header in found.items()
        if name not in OF_BOTH and (header not in shared or name in meant)
    }
