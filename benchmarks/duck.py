"""Average daily assets and qualifying tiers in DuckDB, in the peers' environment.

`python duck.py DIRECTORY FIRST_DAY LAST_DAY`; prints counts and seconds as JSON. It writes
nothing back: what takes most of a recompute is not in its time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb  # type: ignore[import-not-found]

SUMS = """
WITH spans AS (
    SELECT account_id, amount,
        greatest(day, $first) AS start,
        coalesce(lead(day) OVER (PARTITION BY account_id ORDER BY day, revision), $after) AS stop
    FROM balance WHERE day <= $last
), per_account AS (
    SELECT account_id, sum(amount * greatest(date_diff('day', start, greatest(stop, $first)), 0))
        AS total
    FROM spans GROUP BY account_id
), own AS (
    SELECT customer_id, sum(total * weight) AS own
    FROM per_account JOIN account ON account.id = account_id GROUP BY customer_id
), members AS (
    SELECT customer_id, max(household_id) AS household_id
    FROM member JOIN customer ON customer.id = customer_id
    WHERE (from_on IS NULL OR CAST(from_on AS DATE) <= $last)
        AND (until_on IS NULL OR CAST(until_on AS DATE) > $last) AND kind = 'individual'
    GROUP BY customer_id
), households AS (
    SELECT household_id, sum(coalesce(own, 0)) / count(*) AS mean
    FROM members LEFT JOIN own USING (customer_id) GROUP BY household_id HAVING count(*) >= 2
), averages AS (
    SELECT coalesce(own, 0) / $days AS own, mean / $days AS household
    FROM customer
    LEFT JOIN own ON own.customer_id = customer.id
    LEFT JOIN members ON members.customer_id = customer.id
    LEFT JOIN households USING (household_id)
    WHERE kind = 'individual' AND state = 'active' AND opened_on <= $last
)
SELECT CASE WHEN own >= 30000000 OR household >= 25000000 THEN 'platinum'
    WHEN own >= 10000000 OR household >= 8000000 THEN 'gold' ELSE 'silver' END AS tier, count(*)
FROM averages GROUP BY tier
"""


def main() -> None:
    """Load, then sum."""
    directory, first, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    began = time.perf_counter()
    for name in ("balance", "account", "member", "customer"):
        path = directory / f"{name}.csv"
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', header=true)")
    loaded = time.perf_counter()
    (days, after, start, end) = connection.execute(
        "SELECT date_diff('day', a, b) + 1, b + 1, a, b "
        "FROM (SELECT CAST(? AS DATE) AS a, CAST(? AS DATE) AS b)",
        [first, last],
    ).fetchone()
    values = {"first": start, "last": end, "after": after, "days": days}
    counts = dict(connection.execute(SUMS, values).fetchall())
    finished = time.perf_counter()
    names = ("silver", "gold", "platinum", "black_gold")
    answer = {
        "qualifying": {name: counts.get(name, 0) for name in names},
        "load_seconds": round(loaded - began, 3),
        "query_seconds": round(finished - loaded, 3),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
