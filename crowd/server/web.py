"""Gunicorn's configuration: `gunicorn --config python:crowd.server.web`. Threads: a request mostly
waits for SQL."""

from pathlib import Path
from typing import Any

from crowd.processes import die_with_parent
from crowd.variables import Variables

wsgi_app = "crowd.wsgi:application"
env = Variables()
bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
worker_class = "crowd.server.gateway.worker.GatewayWorker"
workers = env.int("CROWD_WEB_PROCESSES", default=2)
threads = 8
preload_app = True  # workers share the memory of one import, and the first page needs no second one
timeout = 60
graceful_timeout = 8
keepalive = 5
limit_request_line = 8190
control_socket_disable = True
forwarded_allow_ips = ""  # settings.py decides what is believed of a proxy, and believes nothing unless told
if Path("/dev/shm").is_dir():  # noqa: S108 - heartbeats in memory: a slow disk must not look like a hung worker
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_fork(server: Any, worker: Any) -> None:
    """A worker must not outlive a server that was killed."""
    die_with_parent(server.pid)
