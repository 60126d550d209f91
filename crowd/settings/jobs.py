"""Work in the background: what does it, and what is done when."""

import os

from crowd import paths
from crowd.settings.environment import env

REDIS_URL = env.url_of("REDIS_URL", f"unix://{paths.broker_socket()}", schemes=("redis", "rediss", "unix"))
JOB_PROCESSES = env.int("CROWD_JOB_PROCESSES", default=min(2, os.cpu_count() or 1))
CELERY_WORKER_CONCURRENCY = JOB_PROCESSES + 1  # one for what takes long, most of which waits for the disk
# What may run at once of the work that takes long: imports, deletions and their like, and fits.
# With two processes and more, one is always left for what must not wait.
LANES = dict.fromkeys(("fits", "long"), max(1, JOB_PROCESSES - 1))
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # a job that is lost with its process, or with the broker, is found again by a sweep
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "crowd"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long the broker is away, the jobs wait for it
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "expire leases": {"task": "tasks.expire_leases", "schedule": 5.0, "options": {"expires": 5}},
    "remove deleted projects": {"task": "projects.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "reorder tasks": {"task": "tasks.reorder_tasks", "schedule": 5.0, "options": {"expires": 5}},
    "resume imports": {"task": "tasks.resume_imports", "schedule": 2.0, "options": {"expires": 2}},
    "free pictures": {"task": "tasks.free_pictures", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget replies": {"task": "people.forget_replies", "schedule": 3600.0, "options": {"expires": 3600}},
    "refresh stale consensus": {"task": "quality.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "send mails": {"task": "people.send_waiting_mails", "schedule": 5.0, "options": {"expires": 5}},
    "forget mails": {"task": "people.forget_mails", "schedule": 3600.0, "options": {"expires": 3600}},
    "send events": {"task": "webhooks.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "forget events": {"task": "webhooks.delete_old", "schedule": 3600.0, "options": {"expires": 3600}},
    "sift tasks": {"task": "quality.sift_projects", "schedule": 60.0, "options": {"expires": 60}},
    "tell of quiet projects": {"task": "quality.tell_quiet_projects", "schedule": 60.0, "options": {"expires": 60}},
}
