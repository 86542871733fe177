# SPDX-License-Identifier: PostgreSQL
"""Hosts that can be cut off from each other: network namespaces around a router that loses packets when told to."""
import contextlib
import ipaddress
import itertools
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .root import need_root, run

HERE = "here"  # the name of the host that the tests themselves run on
RANGE = ipaddress.ip_network("198.18.0.0/15")  # RFC 2544: never on the internet
BLOCK_BITS, LINK_BITS = 27, 31  # a network has 16 links of two addresses: the router's and the host's
WIRE = "wire"  # a host's only card
# Sees the end of its input when we close it, and also when we are killed. What is in a namespace goes with it.
REMOVER = 'cat; for namespace; do ip netns delete "$namespace" 2>/dev/null; done'


@dataclass(frozen=True)
class Host:
    """Where something runs."""

    address: str
    neighbours: str  # the addresses of all that may connect, as pg_hba.conf has them
    enter: tuple = ()  # words before a command, to run it there; with our own rights: see processes.spawn()


LOOPBACK = Host("127.0.0.1", "127.0.0.1/32")


def ip(namespace, *commands):
    run("ip", *(["-n", namespace] if namespace else []), "-batch", "-", text="\n".join(commands))


class Network:
    """Hosts with the given names, and "here". Use it with `with`: inside, all reach each other.

    hosts  name -> Host

    A cut drops packets on the router, not on a host: so no kernel that has sent one knows of it.
    """

    def __init__(self, *names):
        need_root("a network namespace")
        blocks = list(RANGE.subnets(new_prefix=BLOCK_BITS))
        number = next(number for number in random.sample(range(len(blocks)), len(blocks))
                      if not self._path(f"bdrmon{number}").exists())
        self.router = f"bdrmon{number}"
        self._block = blocks[number]
        self._links = dict(zip((HERE, *names), self._block.subnets(new_prefix=LINK_BITS)))
        self.hosts = {name: Host(str(link[1]), str(self._block), self._enter(name)) for name, link in self._links.items()}
        self._dropped = set()  # rules of the router
        self._remover = None

    def __enter__(self):
        hosts = [self._namespace(name) for name in self.hosts if name != HERE]
        run("ip", "netns", "add", self.router)  # fails if somebody has the name, and it is his then
        self._remover = subprocess.Popen(["sh", "-c", REMOVER, "remover", self.router, *hosts], stdin=subprocess.PIPE,
                                         start_new_session=True)
        try:
            run("nsenter", f"--net={self._path(self.router)}", "--", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
            for namespace in hosts:
                run("ip", "netns", "add", namespace)
                ip(namespace, "link set dev lo up")
            for name, (gateway, address) in self._links.items():
                self._connect(name, gateway, address)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._remover:
            self._remover.communicate()

    # -- damage

    def cut(self, one, *others):
        """From now on what one host and the others send each other is dropped, without a word to anybody."""
        pairs = itertools.chain.from_iterable(((one, other), (other, one)) for other in others)
        rules = {f"from {self.hosts[source].address} to {self.hosts[target].address} blackhole"
                 for source, target in pairs} - self._dropped
        ip(self.router, *(f"rule add {rule}" for rule in rules))
        self._dropped |= rules

    def isolate(self, name):
        """Cuts a host off from all others, and from here."""
        self.cut(name, *(other for other in self.hosts if other != name))

    def heal(self):
        """Takes all cuts back."""
        ip(self.router, *(f"rule delete {rule}" for rule in self._dropped))
        self._dropped.clear()

    @contextlib.contextmanager
    def without_route(self, name):
        """Inside, our own kernel says that the host cannot be reached."""
        route = f"unreachable {self.hosts[name].address}/32"
        ip(None, f"route add {route}")
        try:
            yield
        finally:
            ip(None, f"route delete {route}")

    # -- inside

    @staticmethod
    def _path(namespace):
        return Path("/run/netns") / namespace

    def _namespace(self, name):
        return None if name == HERE else f"{self.router}-{name}"

    def _enter(self, name):
        namespace = self._namespace(name)
        return ("nsenter", f"--net={self._path(namespace)}", "--") if namespace else ()

    def _connect(self, name, gateway, address):
        wire = self.router if name == HERE else WIRE
        ip(self._namespace(name), f"link add name {wire} type veth peer name {name} netns {self.router}")
        ip(self.router, f"address add {gateway}/{LINK_BITS} dev {name}", f"link set dev {name} up")
        ip(self._namespace(name), f"address add {address}/{LINK_BITS} dev {wire}", f"link set dev {wire} up",
           f"route add {self._block} via {gateway}")
