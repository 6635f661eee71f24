"""Somebody at work during an import: `python -m benchmarks.writer DIRECTORY URL`.

Logs a contact every tenth of a second through the service of the screen, until a line comes on
stdin; then says how long a save took.
"""

from __future__ import annotations

import json
import select
import sys
import time
import uuid
from pathlib import Path

from benchmarks import places
from benchmarks.places import Bank
from benchmarks.terminal import p95
from crm_tui.clock import shifted
from crm_tui.domain.contacts import ContactForm
from crm_tui.domain.kinds import Method
from crm_tui.domain.roster import Move, RosterCriteria, View
from crm_tui.errors import CrmError
from crm_tui.office import open_door

EVERY = 0.1


def main() -> None:
    """Log contacts with one's own customers in turn."""
    bank = Bank(Path(sys.argv[1]), sys.argv[2])
    office = open_door(bank.settings(), shifted(places.NOW)).enter_demo("lina")
    page = office.roster.page(RosterCriteria(view=View.MINE), Move.FIRST, None, 50)
    ids = [row.customer_id for row in page.rows]
    form = ContactForm(method=Method.PHONE.value, content="回访,客户满意")
    waits: list[float] = []
    failed: list[str] = []
    print("begun", flush=True)
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        began = time.perf_counter()
        try:
            office.contacts.log(ids[len(waits) % len(ids)], form, uuid.uuid4().hex)
        except CrmError as error:
            failed.append(f"{type(error).__name__}: {error}")
        waits.append(time.perf_counter() - began)
    office.leave("sign_out")
    office.close()
    if failed:
        sys.exit(f"{len(failed)} of {len(waits)} saves failed: {failed[0]}")
    print(json.dumps({"saves": len(waits), "worst": max(waits), "p95": p95(waits)}))


if __name__ == "__main__":
    main()
