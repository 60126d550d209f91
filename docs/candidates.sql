-- The next tasks of a worker at work, as PostgreSQL gets the question (tasks/queue/candidates.py): one task is wanted,
-- in any order but the random one. A test compares this file with the statement, but for blanks and comments.

-- Gold that the worker has never seen.
SELECT * FROM (
    -- The buckets that have open tasks, hopping from each to the next.
    WITH RECURSIVE buckets(number, position) AS (
        SELECT CAST(-4611686018427387904 AS BIGINT), 0
        UNION ALL
        SELECT (
            SELECT task.bucket FROM tasks_task AS task
            WHERE project_id = %(project)s AND purpose = 'gold' AND is_open AND task.bucket > buckets.number
            ORDER BY task.bucket, task.queued_at, task.id LIMIT 1
        ), 0
        FROM buckets WHERE number IS NOT NULL
    ),
    -- The worker's cursor: in these buckets, the last task up to which all are seen or full.
    mark(bucket, queued_at, task_id) AS (
        SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT)
        FROM JSONB_ARRAY_ELEMENTS(CAST(%(gold_marks)s AS JSONB)) AS rows(value)
    ),
    -- From where on to look in each bucket.
    start AS (
        SELECT number AS position, number,
            COALESCE((SELECT task_id FROM mark WHERE bucket = number), 0) AS task_id,
            COALESCE(
                (SELECT queued_at FROM mark WHERE bucket = number),
                CASE WHEN number < %(gold_reached)s
                THEN CAST(%(gold_since)s AS BIGINT) ELSE %(gold_floor)s END
            ) AS queued_at
        FROM buckets WHERE number > -4611686018427387904
    ),
    -- The first bucket in which there is anything: one probe of the index for each.
    best AS (
        SELECT * FROM start WHERE EXISTS (
            SELECT 1 FROM tasks_task AS task
            WHERE project_id = %(project)s AND purpose = 'gold' AND is_open
            AND NOT EXISTS (
                SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id LIMIT 1 OFFSET 0
            )
            AND task.bucket = number AND (task.queued_at, task.id) > (start.queued_at, task_id)
            ORDER BY task.queued_at, task.id LIMIT 1 OFFSET 0
        )
        LIMIT 1
    )
    -- The tasks in it.
    SELECT 'gold', (SELECT position FROM best), task.bucket, task.queued_at, task.id FROM tasks_task AS task
    WHERE project_id = %(project)s AND purpose = 'gold' AND is_open
    AND NOT EXISTS (
        SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id LIMIT 1 OFFSET 0
    )
    AND task.bucket = (SELECT number FROM best)
    AND (task.queued_at, task.id) > ((SELECT queued_at FROM best), (SELECT task_id FROM best))
    ORDER BY task.queued_at, task.id LIMIT 1
) AS part_0

UNION ALL

-- Ordinary work that the worker has never seen, found in the same way. `beyond` is the bucket in which others had
-- locked all there was a moment ago.
SELECT * FROM (
    WITH RECURSIVE buckets(number, position) AS (
        SELECT CAST(%(beyond)s AS BIGINT), 0
        UNION ALL
        SELECT (
            SELECT task.bucket FROM tasks_task AS task
            WHERE project_id = %(project)s AND purpose = 'work' AND is_open AND task.bucket > buckets.number
            ORDER BY task.bucket, task.queued_at, task.id LIMIT 1
        ), 0
        FROM buckets WHERE number IS NOT NULL
    ),
    mark(bucket, queued_at, task_id) AS (
        SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT)
        FROM JSONB_ARRAY_ELEMENTS(CAST(%(work_marks)s AS JSONB)) AS rows(value)
    ),
    start AS (
        SELECT number AS position, number,
            COALESCE((SELECT task_id FROM mark WHERE bucket = number), 0) AS task_id,
            COALESCE(
                (SELECT queued_at FROM mark WHERE bucket = number),
                CASE WHEN number < %(work_reached)s
                THEN CAST(%(work_since)s AS BIGINT) ELSE %(work_floor)s END
            ) AS queued_at
        FROM buckets WHERE number > %(beyond)s
    ),
    best AS (
        SELECT * FROM start WHERE EXISTS (
            SELECT 1 FROM tasks_task AS task
            WHERE project_id = %(project)s AND purpose = 'work' AND is_open
            AND NOT EXISTS (
                SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id LIMIT 1 OFFSET 0
            )
            AND task.bucket = number AND (task.queued_at, task.id) > (start.queued_at, task_id)
            ORDER BY task.queued_at, task.id LIMIT 1 OFFSET 0
        )
        LIMIT 1
    )
    SELECT 'work', (SELECT position FROM best), task.bucket, task.queued_at, task.id FROM tasks_task AS task
    WHERE project_id = %(project)s AND purpose = 'work' AND is_open
    AND NOT EXISTS (
        SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id LIMIT 1 OFFSET 0
    )
    AND task.bucket = (SELECT number FROM best)
    AND (task.queued_at, task.id) > ((SELECT queued_at FROM best), (SELECT task_id FROM best))
    ORDER BY task.queued_at, task.id LIMIT 1
) AS part_1

UNION ALL

-- What the worker was shown and had not finished when last seen, and what has become of it: what was let go comes
-- again, before anything new.
SELECT (
    SELECT CASE MAX(CASE state WHEN 'live' THEN 1 WHEN 'submitted' THEN 2 WHEN 'skipped' THEN 2 ELSE 0 END)
        WHEN 0 THEN CASE task.purpose WHEN 'training' THEN 'held' ELSE 'let_go' END
        WHEN 1 THEN 'held' ELSE 'done' END
    FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id
), CAST(value ->> 0 AS BIGINT), 0, 0, task.id
FROM JSONB_ARRAY_ELEMENTS(CAST(%(unfinished)s AS JSONB)) AS rows(value)
JOIN tasks_task AS task ON task.id = CAST(value ->> 1 AS BIGINT)
