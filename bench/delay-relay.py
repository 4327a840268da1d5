#!/usr/bin/env python3
"""A TCP relay that holds every byte back, for kernels without netem. Ends with its standard input.

usage: bench/delay-relay.py LISTEN_PORT TARGET_HOST TARGET_PORT ONE_WAY_MILLISECONDS
"""
import collections, selectors, socket, sys, time

# Enough for a gigabit and 50 ms many times over: the relay must not be the window.
MOST = 64 << 20


class Pipe:
    def __init__(self, source, sink, delay):
        self.source, self.sink, self.delay = source, sink, delay
        self.queue, self.held, self.ended, self.done = collections.deque(), 0, False, False

    def read(self, now):
        while self.held < MOST:
            try:
                data = self.source.recv(1 << 18)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.ended = True
                self.queue.append((now + self.delay, None))
                return
            self.held += len(data)
            self.queue.append((now + self.delay, memoryview(data)))

    def write(self, now):
        while self.queue and self.queue[0][0] <= now:
            due, data = self.queue[0]
            if data is None:
                self.done = True
                try:
                    self.sink.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                self.queue.popleft()
                return
            try:
                count = self.sink.send(data)
            except BlockingIOError:
                return
            except OSError:
                self.ended = self.done = True
                return
            self.held -= count
            if count < len(data):
                self.queue[0] = (due, data[count:])
            else:
                self.queue.popleft()


def main(port, host, target, delay):
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    listener.setblocking(False)
    pipes = []
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        for pipe in pipes:
            pipe.write(now)
        for pipe in [p for p in pipes if p.done]:
            pipes.remove(pipe)
            if not any(p.source in (pipe.source, pipe.sink) for p in pipes):
                pipe.source.close()
                pipe.sink.close()
        reading = selectors.DefaultSelector()
        reading.register(listener, selectors.EVENT_READ)
        reading.register(sys.stdin, selectors.EVENT_READ)
        wait = 1.0
        interest = collections.defaultdict(int)
        for pipe in pipes:
            if not pipe.ended and pipe.held < MOST:
                interest[pipe.source] |= selectors.EVENT_READ
            if pipe.queue:
                if pipe.queue[0][0] <= now:
                    interest[pipe.sink] |= selectors.EVENT_WRITE
                else:
                    wait = min(wait, pipe.queue[0][0] - now)
        for sock, events in interest.items():
            reading.register(sock, events)
        ready = {key.fileobj for key, _ in reading.select(wait)}
        reading.close()
        now = time.monotonic()
        if sys.stdin in ready and not sys.stdin.buffer.read1(4096):
            return
        if listener in ready:
            client, _ = listener.accept()
            server = socket.create_connection((host, target))
            for sock in (client, server):
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pipes += [Pipe(client, server, delay), Pipe(server, client, delay)]
        for pipe in pipes:
            if pipe.source in ready and not pipe.ended:
                pipe.read(now)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]) / 1000)
