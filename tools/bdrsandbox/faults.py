# SPDX-License-Identifier: PostgreSQL
"""Servers that do what a broken one might: what no real server can be made to do when a test wants it."""
import contextlib
import itertools
import socket
import struct
import threading

STARTUP_AUTHENTICATED = struct.pack("!cII", b"R", 8, 0)
VERSION = b"server_version\x0015.0\x00"
PARAMETER = struct.pack("!cI", b"S", 4 + len(VERSION)) + VERSION
READY = struct.pack("!cIc", b"Z", 5, b"I")
NOTICE_TEXT = b"SNOTICE\0VNOTICE\0C00000\0Mhere I am\0\0"
NOTICE = struct.pack("!cI", b"N", 4 + len(NOTICE_TEXT)) + NOTICE_TEXT
LONG_ERROR = struct.pack("!cI", b"E", 20000)  # that so many bytes follow
LONG_ROW = struct.pack("!cI", b"D", 20000)
TRICKLE_SECONDS = 0.1


def read_startup(client):
    """Refuses TLS, and reads on until the client has said who it is."""
    while True:
        length, code = struct.unpack("!II", client.recv(8, socket.MSG_WAITALL))
        if code != 80877103:  # SSLRequest
            client.recv(length - 8, socket.MSG_WAITALL)
            return
        client.sendall(b"N")


def log_in(client):
    read_startup(client)
    client.sendall(STARTUP_AUTHENTICATED + PARAMETER + READY)


def read_query(client):
    """One message of the client's."""
    _, length = struct.unpack("!cI", client.recv(5, socket.MSG_WAITALL))
    client.recv(length - 4, socket.MSG_WAITALL)


def trickle(client, over):
    while not over.wait(TRICKLE_SECONDS):
        client.sendall(b"x")


# Each gets a connection and an event that says that it is over; the connection is closed when it returns.

def silence_in_tls(client, over):
    client.recv(8, socket.MSG_WAITALL)
    client.sendall(b"S")
    over.wait()


def garbage_in_tls(client, over):
    client.recv(8, socket.MSG_WAITALL)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    over.wait()


def garbage_in_login(client, over):
    read_startup(client)
    client.sendall(bytes(range(255, 0, -1)))
    over.wait()


def trickle_in_login(client, over):
    read_startup(client)
    client.sendall(LONG_ERROR)
    trickle(client, over)


def trickle_in_query(client, over):
    log_in(client)
    read_query(client)
    client.sendall(LONG_ROW)
    trickle(client, over)


def flood_in_query(client, over):
    log_in(client)
    read_query(client)
    while not over.is_set():
        client.sendall(NOTICE * 100)


def no_row_in_query(client, over):
    log_in(client)
    for _ in itertools.repeat(None):
        read_query(client)
        client.sendall(struct.pack("!cI", b"C", 9) + b"SHOW\0" + READY)


def close_at_once(client, over):
    del client, over


def close_in_query(client, over):
    del over
    log_in(client)
    read_query(client)


class FaultServer:
    """Listens on a free port of 127.0.0.1, and does to each client what BEHAVIOUR does. Use it with `with`."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.settimeout(5)
                self.threads.append(threading.Thread(target=self._serve, args=[client], daemon=True))
                self.threads[-1].start()

    def _serve(self, client):
        # A client that gives up, as it should, is an error here: of the socket, or of half a message.
        with client, contextlib.suppress(OSError, struct.error):
            self.behaviour(client, self.over)


class NameServer:
    """A DNS server on port 53 of ADDRESS, for names with IPv4 addresses. Use it with `with`.

    answers  name -> address, to be changed at any time; other names do not exist
    silent   say nothing at all
    asked    how many questions came
    """

    def __init__(self, address):
        self.address, self.answers, self.silent, self.asked = address, {}, False, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.socket.settimeout(0.1)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(5)
        self.socket.close()

    def _serve(self):
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                question, client = self.socket.recvfrom(512)
                self.asked += 1
                if not self.silent:
                    self.socket.sendto(self._answer(question), client)

    def _answer(self, message):
        """Header, the question as it was, and an answer record if it asks for an address that there is."""
        labels, at = [], 12
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode())
            at += 1 + message[at]
        question = message[12:at + 5]
        address = self.answers.get(".".join(labels))
        wants_ipv4 = question[-4:-2] == b"\0\1"
        records = 1 if address and wants_ipv4 else 0
        flags = 0x8180 if address else 0x8183  # no error, or no such name
        header = message[:2] + struct.pack("!5H", flags, 1, records, 0, 0)
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 4) + socket.inet_aton(address) if records else b""
        return header + question + record
