"""What must never be, counted in the tables themselves after a run."""

from collections.abc import Collection

import psycopg

STANDING = "SELECT task_id FROM tasks_response WHERE counted AND replaced_at IS NULL AND voided_at IS NULL"
LIVE = "SELECT task_id, worker_id FROM tasks_assignment WHERE state = 'live'"
HOLDING = f"{LIVE} AND holds_slot"
TASKS = f"""
    SELECT answers_needed, answers_counted, leases_live, COALESCE(given.n, 0) AS given, COALESCE(held.n, 0) AS held
    FROM tasks_task AS task
    LEFT JOIN (SELECT task_id, COUNT(*) AS n FROM ({STANDING}) AS standing GROUP BY 1) AS given
        ON given.task_id = task.id
    LEFT JOIN (SELECT task_id, COUNT(*) AS n FROM ({HOLDING}) AS live GROUP BY 1) AS held
        ON held.task_id = task.id"""
CHECKS = {
    "tasks with more answers and leases than needed": f"""
        SELECT COUNT(*) FROM ({TASKS}) AS t WHERE given + held > answers_needed""",
    "tasks whose counters are not the counts": f"""
        SELECT COUNT(*) FROM ({TASKS}) AS t WHERE (answers_counted, leases_live) <> (given, held)""",
    "tasks answered twice by one worker": """
        SELECT COUNT(*) FROM (SELECT 1 FROM tasks_response WHERE replaced_at IS NULL
                              GROUP BY task_id, worker_id HAVING COUNT(*) > 1) AS repeated""",
    "tasks held twice by one worker": f"""
        SELECT COUNT(*) FROM (SELECT 1 FROM ({LIVE}) AS live
                              GROUP BY task_id, worker_id HAVING COUNT(*) > 1) AS repeated""",
}
STORED = "SELECT token FROM tasks_assignment JOIN tasks_response ON tasks_response.assignment_id = tasks_assignment.id"


def violations(database_url: str, acknowledged: Collection[bytes]) -> dict[str, int]:
    """How often each rule is broken; `acknowledged` holds the token of every answer that was said
    to be stored."""
    with psycopg.connect(database_url) as connection:
        found = {rule: connection.execute(check).fetchone()[0] for rule, check in CHECKS.items()}  # type: ignore[index]
        stored = {token.encode() for (token,) in connection.execute(STORED)}
    return found | {"acknowledged answers that are missing": len(set(acknowledged) - stored)}
