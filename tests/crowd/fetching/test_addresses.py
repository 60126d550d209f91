"""Where webhooks may not lead: into the network that the site runs in, however the way there is
written."""

import ast
import ipaddress
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crowd.fetching import connections
from crowd.fetching.addresses import fault_of, may_be_reached
from crowd.fetching.connections import Connection
from crowd.fetching.outcomes import Failure, Outcome
from crowd.paths import ROOT
from tests.crowd.webhooks.receiver import Receiver, listening

REFUSED = Outcome(None, Failure.ADDRESS)

LOOPBACK = [
    *("127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "0.0.0.0", "0", "0.0", "00.0.0.0"),
    *("2130706433", "0x7f000001", "0x7f.1", "0x7F.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "127.0x1"),
    *("0x7f.0.1", "0177.0.0.01", "127.000.000.001", "localhost", "LOCALHOST", "localhost.", "ip6-localhost"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:1]"),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[2002:7f00:1::]", "[2002:7f00:0001::1]", "[::ffff:0:127.0.0.1]", "[::1%25lo]", "127.0.0.1%00.example.com"),
    *("①②⑦.⓪.⓪.①", "127。0。0。1", "\uff11\uff12\uff17.0.0.1"),
]
PRIVATE = [
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "192.0.0.192"),
    *("168.63.129.16", "100.100.100.200", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "198.18.0.1"),
    *("192.0.2.1", "203.0.113.9", "192.88.99.1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *(
        "2001:db8::1",
        "2001::1",
        "2001:10::1",
        "2002:0a00:0001::1",
        "3fff::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
    ),
    *("64:ff9b:1::1", "100::1", "::", "5f00::1", "4000::1"),
]
PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:830::200e",
    "::ffff:1.1.1.1",
]


@pytest.fixture
def canary() -> Iterator[Receiver]:
    with listening(host="127.0.0.1") as canary:
        yield canary


class Names:
    """A name service that answers as it is told, each time with the next answer, and counts how
    often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.answers: list[list[str]] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: str, port: int, *arguments: Any, **options: Any) -> Any:
        if not host.endswith(".test"):
            return self._real(host, port, *arguments, **options)
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [entry for address in answer for entry in self._real(address, port, *arguments, **options)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_spelling_of_this_machine_is_connected_to(host: str, canary: Receiver) -> None:
    outcome = Connection(f"http://{host}:{canary.port}/").post(b"{}", {})
    assert outcome.failure in {Failure.ADDRESS, Failure.PROTOCOL}
    assert canary.connections == 0


@pytest.mark.parametrize(("addresses", "reachable"), [(PRIVATE, False), (PUBLIC, True)], ids=["private", "public"])
def test_an_address_may_be_reached_if_it_is_the_worlds(addresses: list[str], reachable: bool) -> None:
    assert [each for each in addresses if may_be_reached(ipaddress.ip_address(each)) != reachable] == []


@pytest.mark.parametrize(
    "answer",
    [["127.0.0.1"], ["::1"], ["10.1.2.3"], ["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["fe80::1"], []],
)
def test_a_name_that_leads_into_a_private_network_even_once_is_refused(
    answer: list[str], canary: Receiver, names: Names
) -> None:
    names.answers = [answer]
    assert Connection(f"http://inside.test:{canary.port}/").post(b"{}", {}) == REFUSED
    assert canary.connections == 0


def test_a_name_that_means_another_address_the_next_moment_gains_nothing(
    canary: Receiver, names: Names, settings: Any
) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.2/32")]
    names.answers = [["127.0.0.2"], ["127.0.0.1"]]
    with listening(host="127.0.0.2", port=canary.port) as allowed:
        line = Connection(f"http://rebinding.test:{canary.port}/")
        assert line.post(b"{}", {}) == Outcome(200, None)
        assert (names.asked, allowed.connections, canary.connections) == (1, 1, 0)
        line.close()
        assert line.post(b"{}", {}) == REFUSED  # a new connection, a new look, a new check
    assert (names.asked, canary.connections) == (2, 0)


def test_the_next_address_of_a_host_is_tried_where_the_first_takes_no_connection(names: Names, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    with listening(host="127.0.0.2") as receiver:
        names.answers = [["127.0.0.3", "127.0.0.2"]]
        assert Connection(f"http://two.test:{receiver.port}/").post(b"{}", {}) == Outcome(200, None)
        assert receiver.received[0].headers["Host"] == f"two.test:{receiver.port}"


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_no_proxy_is_asked(proxy: str, canary: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxy, canary.url)
    assert Connection("http://127.0.0.9:1/").post(b"{}", {}) == REFUSED
    assert canary.connections == 0


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for receiver.test, signed by itself, and a receiver's use of it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=receiver.test"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:receiver.test"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context


@pytest.mark.parametrize(
    ("trusted", "host", "outcome"),
    [
        (True, "receiver.test", Outcome(200, None)),
        (True, "another.test", Outcome(None, Failure.TLS)),
        (False, "receiver.test", Outcome(None, Failure.TLS)),
    ],
)
def test_a_receiver_proves_that_it_is_the_host_of_the_url(
    trusted: bool,
    host: str,
    outcome: Outcome,
    names: Names,
    certificate: tuple[Path, ssl.SSLContext],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    path, context = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    connections._tls.cache_clear()
    names.answers = [["127.0.0.1"]]
    with listening(tls=context) as receiver:
        assert Connection(f"https://{host}:{receiver.port}/").post(b"{}", {}) == outcome
        assert len(receiver.received) == (1 if outcome.failure is None else 0)
    connections._tls.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com", "ftp://example.com", "file:///etc/passwd", "gopher://example.com/_x"),
        *(
            "http://",
            "http:///path",
            "http://user:password@example.com",
            "http://user@example.com",
            "http://example.com:0",
        ),
        *("http://example.com:99999", "http://example.com:port", "http://example.com/#part", "http://example.com/a b"),
        *(
            "http://example.com/\r\nX: y",
            "http://bücher.example",
            "http://127.0.0.1",
            "http://0x7f.1/",
            "https://[::1]/",
        ),
        *("http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]", "http://example.com\\@127.0.0.1/"),
        *("http://2130706433/", "javascript:alert(1)", "http://[::1", "unix:/run/x.sock"),
    ],
)
def test_a_url_that_can_not_be_meant_is_refused_when_it_is_written(url: str) -> None:
    assert fault_of(url) != ""


def test_plain_http_is_for_sites_that_speak_it_themselves(settings: Any) -> None:
    urls = ("http://example.com/hook?a=b&c=%20d", "https://example.com:8443/hook")
    assert [fault_of(url) == "" for url in urls] == [True, True]
    settings.HTTPS = True
    assert [fault_of(url) == "" for url in urls] == [False, True]


CLIENTS = {"http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp"}
# The check of one's own address at the start, and the simulated workers, which write to the site
# that starts them.
OWN_SITE = {"crowd/server/address.py", "quality/simulation/client.py"}


def test_one_module_of_the_service_makes_requests() -> None:
    found = set()
    for app in ("crowd", "tasks", "quality"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                modules = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
                modules |= {str(node.module)} if isinstance(node, ast.ImportFrom) else set()
                if modules & CLIENTS:
                    found.add(str(path.relative_to(ROOT)))
    assert found - OWN_SITE == {"crowd/fetching/connections.py"}
