"""The server starts with one command, says what one needs to know, and leaves nothing running when
it ends."""

import os
import signal
import socket
import stat
import sys
import urllib.request
from collections.abc import Callable

import pytest

from tests import servers
from tests.journeys.family import Process, listening_ports, running
from tests.journeys.site import STARTING_TAKES_AT_MOST, Site, wait_until

StartSite = Callable[..., Site]

A_FEW_SECONDS = 15  # a slow machine that is busy with other tests included
STOPPING_TAKES_AT_MOST = 30


def test_start_announces_the_address_and_the_demo_accounts(site: Site) -> None:
    assert f"Crowd is at {site.url}/\n" in site.said
    assert "@" in site.said.partition("Demo accounts")[2]
    assert f"Data and logs    {site.data}\n" in site.said
    assert "./script/manage simulate" in site.said
    with urllib.request.urlopen(site.url) as page:
        assert page.status == 200


def test_only_the_web_port_listens_and_only_on_loopback(site: Site) -> None:
    assert listening_ports(site.family()) == {int(site.variables["PORT"])}
    with socket.socket() as elsewhere:  # another loopback address stands for every other one of this machine
        assert elsewhere.connect_ex(("127.0.0.2", int(site.variables["PORT"]))) != 0


def test_what_is_stored_is_private(site: Site) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [site.data, *site.data.rglob("*")]}

    assert modes[site.data / "secret_key"] == 0o600
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_host_and_demo_can_be_chosen(start_site: StartSite) -> None:
    site = start_site(HOST="127.0.0.2", CROWD_DEMO="0").wait_until_announced()

    assert f"Crowd is at http://127.0.0.2:{site.variables['PORT']}/\n" in site.said
    assert "Demo accounts" not in site.said
    assert "@" not in site.said


def test_second_start_keeps_the_data_however_long_its_path(
    start_site: StartSite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    deep = str(tmp_path_factory.mktemp("a" * 100) / "with spaces")  # too long for the path of a unix socket
    first = start_site(CROWD_DATA_DIR=deep).wait_until_announced()
    (key,) = first.keys("alice@example.org")
    assert first.stop() == 0

    second = start_site(CROWD_DATA_DIR=deep).wait_until_announced()

    assert f"Data and logs    {deep}\n" in second.said
    assert second.call("GET", "/projects", key).status == 200


def test_interrupt_stops_every_process(start_site: StartSite) -> None:
    site = start_site().wait_until_announced()
    everyone = site.family()

    assert site.stop(signal.SIGINT) == 0
    assert everyone & running() == set()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_during_the_start_stops_every_process(start_site: StartSite, signum: signal.Signals) -> None:
    site = start_site()
    wait_until(lambda: len(site.family()) > 1, STARTING_TAKES_AT_MOST)
    everyone = site.family()

    assert site.stop(signum) == 0
    assert everyone & running() == set()
    assert site.said == f"Stopping ({signum.name}) …\n"


def test_killed_launcher_leaves_no_process_behind(start_site: StartSite) -> None:
    site = start_site().wait_until_announced()
    everyone = site.family()

    site.process.kill()
    site.process.wait()

    wait_until(lambda: not everyone & running(), STOPPING_TAKES_AT_MOST)


def test_end_of_the_parent_stops_every_process_but_not_the_end_of_its_thread(start_site: StartSite) -> None:
    parent = (
        "import subprocess, sys, threading, time\n"
        "thread = threading.Thread(target=lambda: subprocess.Popen(sys.argv[1:]))\n"
        "thread.start(); thread.join(); time.sleep(600)"
    )
    site = start_site(under=[sys.executable, "-c", parent]).wait_until_announced()
    with urllib.request.urlopen(f"{site.url}/healthz") as page:
        assert page.status == 200
    everyone = site.family()

    site.process.kill()
    site.process.wait()

    wait_until(lambda: not everyone & running(), STOPPING_TAKES_AT_MOST)


def test_nohup_outlives_the_parent(start_site: StartSite) -> None:
    parent = ["sh", "-c", 'trap "" HUP; "$@" & sleep 600', "sh"]
    site = start_site(under=parent)
    wait_until(
        lambda: len(site.family()) > 3, STARTING_TAKES_AT_MOST
    )  # the shell, its sleep, the launcher and a child of that
    launcher = site.child("crowd.server")

    site.process.kill()
    site.process.wait()

    try:
        wait_until(lambda: "Crowd is at" in site.said, STARTING_TAKES_AT_MOST)
    finally:
        os.kill(launcher.pid, signal.SIGTERM)
    wait_until(lambda: launcher not in running(), STOPPING_TAKES_AT_MOST)


KIN = {"broker": "broker.sock", "web": "gunicorn", "jobs": " worker", "clock": "beat"}


def test_process_that_is_killed_is_started_again(start_site: StartSite) -> None:
    site = start_site(DATABASE_URL="", REDIS_URL="").wait_until_announced()
    wait_until(lambda: len(children(site)) == len(KIN), A_FEW_SECONDS)
    before = children(site)

    for process in before.values():
        os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: all(f"crowd: {name} runs again." in site.said for name in KIN), STARTING_TAKES_AT_MOST)
    wait_until(lambda: children(site).keys() == KIN.keys(), STARTING_TAKES_AT_MOST)

    assert all(f"crowd: {name} ended (SIGKILL). Its log, " in site.said for name in KIN)
    assert set(children(site).values()) & set(before.values()) == set()
    wait_until(lambda: site.readiness()["status"] == "ok", STARTING_TAKES_AT_MOST)
    assert site.stop() == 0


def children(site: Site) -> dict[str, Process]:
    own = [process for process in site.family() if process.parent == site.process.pid]
    return {name: process for name, words in KIN.items() for process in own if words in process.command}


def test_port_in_use_is_told_before_anything_starts(start_site: StartSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = start_site(PORT=str(port))

        assert site.process.wait(timeout=A_FEW_SECONDS) == 2
    assert site.said == f"crowd: port {port} of 127.0.0.1 is in use: set PORT to a free one\n"
    assert not (site.data / "logs").exists()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000 "])
def test_bad_port_is_told(start_site: StartSite, port: str) -> None:
    site = start_site(PORT=port)

    assert site.process.wait(timeout=A_FEW_SECONDS) == 2
    assert site.said == f"crowd: PORT must be a number from 1 to 65535, not {port!r}\n"


def test_unknown_host_is_told(start_site: StartSite) -> None:
    site = start_site(HOST="192.0.2.1")  # an address kept for documents, no machine's own

    assert site.process.wait(timeout=A_FEW_SECONDS) == 2
    assert site.said.startswith("crowd: cannot listen on HOST 192.0.2.1")
    assert site.said.count("\n") == 1


def test_second_server_on_the_same_data_is_refused(start_site: StartSite) -> None:
    first = start_site()
    wait_until((first.data / "logs").exists, A_FEW_SECONDS)

    second = start_site(PORT=str(servers.free_port()))

    assert second.process.wait(timeout=A_FEW_SECONDS) == 2
    assert f"process {first.process.pid} already serves {first.data}" in second.said
