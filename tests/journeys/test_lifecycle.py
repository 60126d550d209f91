"""The server starts with one command, says what one needs to know, and leaves nothing running when it ends."""

import os
import signal
import socket
import stat
import sys
import urllib.request
from collections.abc import Callable

import pytest

from tests import servers
from tests.journeys.family import listening_ports, running
from tests.journeys.site import Site, wait_until

StartSite = Callable[..., Site]

A_FEW_SECONDS = 5
STOPPING_TAKES_AT_MOST = 30


def test_start_announces_the_address_and_the_demo_accounts(start_site: StartSite) -> None:
    site = start_site(CROWD_DEMO="1").wait_until_announced()

    assert f"Crowd is at {site.url}/\n" in site.said
    assert "Demo accounts" in site.said
    assert "@" in site.said.partition("Demo accounts")[2]
    assert f"Data and logs    {site.data}\n" in site.said
    assert "./script/manage simulate" in site.said
    with urllib.request.urlopen(site.url) as page:
        assert page.status == 200


def test_demo_can_be_left_out(start_site: StartSite) -> None:
    site = start_site(CROWD_DEMO="0").wait_until_announced()

    assert "Demo accounts" not in site.said
    assert "@" not in site.said


def test_second_start_keeps_the_data(start_site: StartSite) -> None:
    first = start_site().wait_until_announced()
    key = first.keys("alice@example.org")[0]
    assert first.stop() == 0

    second = start_site().wait_until_announced()

    assert second.call("GET", "/projects", key).status == 200


def test_only_the_web_port_listens_and_only_on_loopback(start_site: StartSite) -> None:
    site = start_site().wait_until_announced()

    assert listening_ports(site.family()) == {int(site.variables["PORT"])}
    with socket.socket() as elsewhere:  # another loopback address stands for every other one of this machine
        assert elsewhere.connect_ex(("127.0.0.2", int(site.variables["PORT"]))) != 0


def test_host_chooses_where_to_listen(start_site: StartSite) -> None:
    site = start_site(HOST="127.0.0.2")
    wait_until(lambda: "Crowd is at" in site.said or site.process.poll() is not None, 60)

    assert f"Crowd is at http://127.0.0.2:{site.variables['PORT']}/\n" in site.said


def test_what_is_stored_is_private(start_site: StartSite) -> None:
    site = start_site().wait_until_announced()

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [site.data, *site.data.rglob("*")]}
    assert modes[site.data / "secret_key"] == 0o600
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_every_process(start_site: StartSite, signum: signal.Signals) -> None:
    site = start_site().wait_until_announced()
    everyone = site.family()

    assert site.stop(signum) == 0
    assert everyone & running() == set()


def test_signal_during_the_start_stops_every_process(start_site: StartSite) -> None:
    site = start_site()
    wait_until(lambda: len(site.family()) > 1, A_FEW_SECONDS)
    everyone = site.family()

    assert site.stop(signal.SIGINT) == 0
    assert everyone & running() == set()


def test_killed_launcher_leaves_no_process_behind(start_site: StartSite) -> None:
    site = start_site().wait_until_announced()
    everyone = site.family()

    site.process.kill()
    site.process.wait()

    wait_until(lambda: not everyone & running(), A_FEW_SECONDS)


def test_end_of_the_parent_stops_every_process(start_site: StartSite) -> None:
    parent = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    site = start_site(under=[sys.executable, "-c", parent]).wait_until_announced()
    everyone = site.family()

    site.process.kill()
    site.process.wait()

    wait_until(lambda: not everyone & running(), STOPPING_TAKES_AT_MOST)


def test_end_of_the_thread_that_started_it_stops_nothing(start_site: StartSite) -> None:
    parent = (
        "import subprocess, sys, threading, time\n"
        "thread = threading.Thread(target=lambda: subprocess.Popen(sys.argv[1:]))\n"
        "thread.start(); thread.join(); time.sleep(600)"
    )
    site = start_site(under=[sys.executable, "-c", parent]).wait_until_announced()

    with urllib.request.urlopen(f"{site.url}/healthz") as page:
        assert page.status == 200


def test_nohup_outlives_the_parent(start_site: StartSite) -> None:
    parent = ["sh", "-c", 'trap "" HUP; "$@" & sleep 600', "sh"]
    site = start_site(under=parent).wait_until_announced()
    launcher = site.child("crowd.serve")

    site.process.kill()
    site.process.wait()

    try:
        with pytest.raises(AssertionError):
            wait_until(lambda: launcher not in running(), 2)
    finally:
        os.kill(launcher.pid, signal.SIGTERM)
        wait_until(lambda: launcher not in running(), STOPPING_TAKES_AT_MOST)


@pytest.mark.parametrize("child", ["gunicorn", "worker", "beat"])
def test_death_of_a_child_stops_every_process_and_says_which(start_site: StartSite, child: str) -> None:
    site = start_site().wait_until_announced()
    everyone = site.family()
    name = {"gunicorn": "web", "worker": "jobs", "beat": "clock"}[child]

    os.kill(site.child(child).pid, signal.SIGKILL)

    assert site.process.wait(timeout=STOPPING_TAKES_AT_MOST) == 1
    assert f"{name} ended (SIGKILL). Its log, {site.data}/logs/{name}.log, ends with:" in site.said
    wait_until(lambda: not everyone & running(), A_FEW_SECONDS)


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


def test_unreachable_servers_are_told(start_site: StartSite) -> None:
    nowhere = f"127.0.0.1:{servers.free_port()}"
    site = start_site(DATABASE_URL=f"postgres://crowd@{nowhere}/crowd", CROWD_REACH_SECONDS="1")

    assert site.process.wait(timeout=20) == 1
    assert "Waiting for the database" in site.said
    assert "crowd: the database (DATABASE_URL) does not answer: " in site.said


def test_long_data_path_still_has_a_broker(start_site: StartSite, tmp_path_factory: pytest.TempPathFactory) -> None:
    deep = tmp_path_factory.mktemp("a" * 100) / "with spaces"

    site = start_site(CROWD_DATA_DIR=str(deep)).wait_until_announced()

    assert f"Data and logs    {deep}\n" in site.said
