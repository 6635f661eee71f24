"""One recompute: `python -m benchmarks.recompute DIRECTORY URL`; prints its report as JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import places
from benchmarks.places import Bank
from crm_tui import config
from crm_tui.commands.tiers import as_json
from crm_tui.db.tables import balance
from crm_tui.office import open_store
from crm_tui.services.recompute import recompute

# By this clock November is over.
AFTERWARDS = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)


def main() -> None:
    """Recompute November."""
    settings = Bank(Path(sys.argv[1]), sys.argv[2]).settings()
    store = open_store(settings, lambda: AFTERWARDS)
    try:
        policy = config.policy(settings.config)
        report = recompute(store, places.ACTOR, date(2026, 11, 15), policy=policy)
        with store.read() as session:
            changes = session.execute(select(func.count()).select_from(balance)).scalar_one()
    finally:
        store.close()
    print(json.dumps(as_json(report) | {"balances": changes}))


if __name__ == "__main__":
    main()
