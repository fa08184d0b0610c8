"""Ninety days of a shop at the command line, with all that goes wrong on the way, and what must hold all the same.

Every day is one `holdfast daily` on the files of that day. Files come late and twice, runs are killed, the model is
gone, the policies change, the home is backed up, lost and restored; people unsubscribe, and a rep edits and rejects.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.domain import CaseStatus
from api import sample_shop
from api.bootstrap import Workshop
from api.clock import SystemClock
from api.home import Home
from api.settings import read_settings
from tests.acceptance.conftest import Machine
from tests.acceptance.world import World, moment, write_rows

BEGIN = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
NO_MODEL = {"HOLDFAST_MODEL": "http://127.0.0.1:9/v1", "HOLDFAST_MODEL_NAME": "none"}
QUEUE_A_DAY = 60
"""What one rep can look at in a day, at eight minutes each."""


@dataclass
class Ninety:
    """One run. `days` shorter than ninety tell the same story, its events closer together."""

    machine: Machine
    folder: Path
    customers: int
    days: int
    seed: int = 0
    waiting: list[int] = field(default_factory=list)
    stops: dict[str, datetime] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home, self.incoming, self.shop = self.folder / "home", self.folder / "incoming", self.folder / "shop"
        self._dice, self._seen, self._held_back = random.Random(self.seed), set[str](), list[Path]()

    def run(self) -> None:
        self.open_the_shop()
        for day in range(self.days):
            sys.stdout.write(f"\rday {day + 1} of {self.days} ")
            sys.stdout.flush()
            self.live_through(day)
        self.check()

    # --- the first day ------------------------------------------------------------------------------------------------

    def open_the_shop(self) -> None:
        self.call("simulate", "--customers", self.customers, "--out", self.shop, "--seed", self.seed, now=BEGIN)
        self.incoming.mkdir()
        sample_shop.lay_out(Home(self.home))
        for table in ("customers", "orders", "events", "reviews", "tickets"):
            self.call("import", table, self.shop / f"{table}.csv", now=BEGIN)
        self.call("import", "policies", self.home / "policies", now=BEGIN)
        offers = self.call("offers", "list", now=BEGIN)["offers"]
        codes = sample_shop.till_codes([one["id"] for one in offers if one["codes_left"] is not None], self.seed)
        table = [{"offer": offer, "code": code} for offer, some in codes.items() for code in some]
        write_rows(self.folder / "codes.csv", table)
        self.call("offers", "codes", "import", self.folder / "codes.csv", now=BEGIN)
        self.call("train", "--horizon", "90d", now=BEGIN)
        self.world = World(self.shop)

    # --- each day -----------------------------------------------------------------------------------------------------

    def live_through(self, day: int) -> None:
        now = BEGIN + timedelta(days=day)
        for what, happens in self.calendar().items():
            if happens == day:
                getattr(self, what)(now)
        self.put_files(day, now)
        if day % 7 == 0:
            self.call("score", now=now)
            plan = self.folder / f"week-{day // 7}.toml"
            plan.write_text(
                f'id = "week-{day // 7}"\nband = "medium"\nchannels = ["email", "push", "chat"]\nauto_send = true\n'
                "audit_share = 0.1\n",
                encoding="utf-8",
            )
            self.call("campaign", "start", plan, "--by", "mei", now=now)
        env = NO_MODEL if day in self.outage() else {}
        if day % 5 == 3:
            self.kill_a_run(now, env)
        told = self.call("daily", "--folder", self.incoming, now=now, **env)
        self.waiting.append(int(told["steps"]["report"]["waiting_for_person"]))
        self.decide(now)
        self.let_them_read()

    def calendar(self) -> dict[str, int]:
        """What happens once, and on which day."""
        return {
            "change_the_policies": self.days // 4,
            "upgrade": self.days // 3,
            "lose_the_home": self.days // 2,
        }

    def outage(self) -> range:
        return range(self.days * 2 // 3, self.days * 2 // 3 + max(1, self.days // 12))

    def put_files(self, day: int, now: datetime) -> None:
        """Yesterday's orders: late every seventh day, twice every fifth."""
        since, orders = now - timedelta(days=1), self.incoming / f"orders-{day:03}.csv"
        for late in self._held_back:
            shutil.move(late, self.incoming / late.name)
        self._held_back.clear()
        rows = self.world.orders_between(since, now)
        if day % 7 == 4 and rows:
            late = self.folder / orders.name
            write_rows(late, rows)
            self._held_back.append(late)
        else:
            write_rows(orders, rows)
        if day % 5 == 2:
            write_rows(self.incoming / f"orders-{day:03}-again.csv", rows)
        outcomes = self.world.outcomes_between(since, now)
        write_rows(self.incoming / f"outcomes-{day:03}.csv", outcomes)
        for row in outcomes:
            customer = self.customer_of(row["case_id"])
            if row["kind"] == "unsubscribed":
                self.stops.setdefault(customer, now)

    def kill_a_run(self, now: datetime, env: dict[str, str]) -> None:
        command = [sys.executable, "-c", "from api.cli import main; main()", "daily", "--folder", str(self.incoming)]
        command += ["--now", now.isoformat(), "--json", "--home", str(self.home)]
        whole = {**os.environ, **self.machine.env(self.home), **env}
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=whole)
        try:
            run.wait(self._dice.uniform(1, 8))
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()

    def decide(self, now: datetime) -> None:
        """A rep: the first draft is sent in words of her own, the second as it stands, the third is rejected."""
        for place, entry in enumerate(self.call("review", "list", "--limit", 3, now=now)["cases"]):
            case = entry["case_id"]
            if place == 0:
                words = self.folder / "edited.txt"
                body = self.call("review", "show", case, now=now)["body"]
                words.write_text(f"{body}\n", encoding="utf-8")
                self.try_to("review", "edit", case, "--by", "lin", "--body", words, now=now)
            elif place == 1:
                self.try_to("review", "approve", case, "--by", "lin", now=now)
            else:
                self.try_to("review", "reject", case, "--by", "lin", now=now)

    def let_them_read(self) -> None:
        """What has left since yesterday reaches the customers."""
        cases = self.shop_floor().store.cases
        for line in self.left():
            if line["key"] not in self._seen:
                self._seen.add(line["key"])
                self.world.contacted(cases.get(line["case_id"]), moment(line["at"]))

    # --- what happens once --------------------------------------------------------------------------------------------

    def change_the_policies(self, now: datetime) -> None:
        changed = self.folder / "policies"
        shutil.copytree(self.home / "policies", changed)
        document = sorted(changed.rglob("*.md"))[0]
        text = document.read_text(encoding="utf-8")
        document.write_text(text.replace("7", "10", 1), encoding="utf-8")
        told = self.call("import", "policies", changed, now=now)
        if not (told["changed"] or told["added"] or told["removed"]):
            self.faults.append("a changed policy was not noticed")

    def upgrade(self, now: datetime) -> None:
        self.call("upgrade", now=now)

    def lose_the_home(self, now: datetime) -> None:
        """Backup, loss, restore; what had been queued is unknown then, and budgets and sender wait for a person."""
        archive = self.folder / "backup.tar.gz"
        self.call("backup", archive, now=now)
        shutil.move(self.home, self.folder / "lost")
        self.call("restore", archive, now=now)
        shutil.copytree(self.folder / "lost" / "outbox", self.home / "outbox", dirs_exist_ok=True)
        self.call("offers", "unfreeze", "--by", "mei", now=now)
        self.call("sending", "start", "--by", "mei", now=now)

    # --- what must hold -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        now = BEGIN + timedelta(days=self.days)
        for offer in self.call("offers", "list", now=now)["offers"]:
            budget = offer["budget_minor"]
            if budget is not None and offer["spent_minor"] + offer["reserved_minor"] > budget:
                self.faults.append(f"{offer['id']} is overspent")
        sent = list(self.left())
        twice = [key for key, times in Counter(line["case_id"] for line in sent).items() if times > 1]
        self.faults += [f"case {key} was written to twice" for key in twice]
        for line in sent:
            stopped = self.stops.get(line["customer_id"])
            if stopped is not None and moment(line["at"]) > stopped:
                self.faults.append(f"{line['customer_id']} unsubscribed and was written to at {line['at']}")
        if max(self.waiting, default=0) > QUEUE_A_DAY:
            self.faults.append(f"{max(self.waiting)} drafts waited for a person on one day")
        if self.days > 90:
            self.check_the_lift(now)

    def check_the_lift(self, now: datetime) -> None:
        lift = self.call("campaign", "report", "week-0", now=now)["lift"]
        treated = [
            case.customer_id
            for case in self.shop_floor().store.cases.find(campaign_id="week-0")
            if case.status is not CaseStatus.HELD_OUT and case.purpose.value == "marketing"
        ]
        true = self.world.effect(treated, BEGIN)
        self.told_lift, self.true_lift = lift, true
        if lift is None or not lift["low"] <= true <= lift["high"]:
            self.faults.append(f"the true lift is {true:.3f}, the report says {lift}")

    # --- small things -------------------------------------------------------------------------------------------------

    def call(self, *arguments: object, now: datetime, **env: str) -> Any:
        said = self.machine(*map(str, arguments), "--now", now.isoformat(), "--json", home=self.home, **env)
        if said.code != 0:
            raise AssertionError(f"{' '.join(map(str, arguments))}: {said.out[-600:]} {said.err[-600:]}")
        return said.json

    def try_to(self, *arguments: object, now: datetime) -> None:
        """A decision may be refused (the offer lapsed, the customer unsubscribed); it must be refused in words."""
        said = self.machine(*map(str, arguments), "--now", now.isoformat(), "--json", home=self.home)
        if said.code != 0 and "error" not in said.json:
            self.faults.append(f"{' '.join(map(str, arguments))}: {said.out}")

    def left(self) -> Iterator[dict[str, str]]:
        manifest = self.home / "outbox" / "manifest.jsonl"
        lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
        yield from map(json.loads, lines)

    def customer_of(self, case_id: str) -> str:
        return next(one.customer_id for one in self.world.contacts if one.case_id == case_id)

    def shop_floor(self) -> Workshop:
        return Workshop(Home(self.home), read_settings(self.home), SystemClock())
