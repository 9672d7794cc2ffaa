#!/usr/bin/env python3
"""A TCP proxy of the loopback interface that adds latency and counts HTTP requests.

    benchmarks/delay.py PORT MILLISECONDS      prints its own port, forwards to PORT, and counts on SIGINT

Every byte arrives half the latency later than it was sent, in order; what a client sends first waits for one latency
more, as a new connection does. As much as WINDOW is under way in each direction, so that latency does not limit
the throughput of one connection further than a well-tuned kernel would.
"""
import asyncio, multiprocessing, re, sys, time
from collections import deque

WINDOW = 16 << 20
REQUEST = re.compile(rb"(?:GET|PUT|POST|HEAD|DELETE) \S+ HTTP/1\.1\r\n")


class Counters:
    """Shared between processes."""

    def __init__(self):
        self.values = multiprocessing.Array("q", 4)

    def take(self):
        """Requests, bytes to the server, bytes from it, connections; since the last time."""
        with self.values.get_lock():
            taken = tuple(self.values)
            self.values[:] = [0, 0, 0, 0]
        return dict(zip(("requests", "sent", "received", "connections"), taken))


class End(asyncio.Protocol):
    """One side of a connection. What it receives leaves by its other side, later."""

    def __init__(self, delay, counters, client):
        self.delay, self.counters, self.client = delay, counters, client
        self.other = self.transport = self.timer = None
        self.queue, self.waiting, self.first, self.ended = deque(), 0, client, False

    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(high=WINDOW)

    def data_received(self, data):
        values = self.counters.values
        values[1 if self.client else 2] += len(data)
        if self.client and REQUEST.match(data):  # clients wait for an answer, so a request begins a piece
            values[0] += 1
        if not self.delay and self.other and not self.queue:
            self.other.transport.write(data)
            return
        due = time.monotonic() + self.delay * (3 if self.first else 1)
        self.first = False
        self.queue.append((due, data))
        self.waiting += len(data)
        if self.waiting > WINDOW:
            self.transport.pause_reading()
        self.schedule()

    def schedule(self):
        if self.timer is None and self.queue and self.other:
            self.timer = asyncio.get_running_loop().call_at(self.queue[0][0], self.deliver)

    def deliver(self):
        self.timer = None
        now = time.monotonic()
        while self.queue and self.queue[0][0] <= now + 0.0005:
            _, data = self.queue.popleft()
            self.waiting -= len(data)
            self.other.transport.write(data)
        if self.waiting <= WINDOW and not self.ended:
            self.transport.resume_reading()
        if self.ended and not self.queue:
            self.other.transport.close()
        self.schedule()

    def pause_writing(self):
        self.other.transport.pause_reading()

    def resume_writing(self):
        if not self.other.ended:
            self.other.transport.resume_reading()

    def connection_lost(self, _):
        self.ended = True
        if self.other and not self.queue:
            self.other.transport.close()


async def serve(target, milliseconds, counters, started):
    loop, delay = asyncio.get_running_loop(), milliseconds / 2000

    def accept():
        client = End(delay, counters, True)
        counters.values[3] += 1

        async def connect():
            server = End(delay, counters, False)
            await loop.create_connection(lambda: server, "127.0.0.1", target)
            client.other, server.other = server, client
            if not delay:
                while client.queue:
                    server.transport.write(client.queue.popleft()[1])
                client.waiting = 0
            client.schedule()

        asyncio.ensure_future(connect())
        return client

    server = await loop.create_server(accept, "127.0.0.1", 0)
    started(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class Proxy:
    """In a process of its own."""

    def __init__(self, target, milliseconds):
        self.counters = Counters()
        ours, theirs = multiprocessing.Pipe(False)
        run = lambda: asyncio.run(serve(target, milliseconds, self.counters, theirs.send))
        self.process = multiprocessing.get_context("fork").Process(target=run, daemon=True)
        self.process.start()
        self.port = ours.recv()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()


if __name__ == "__main__":
    with Proxy(int(sys.argv[1]), float(sys.argv[2])) as proxy:
        print(proxy.port, flush=True)
        try:
            proxy.process.join()
        except KeyboardInterrupt:
            print(proxy.counters.take())
