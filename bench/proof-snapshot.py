#!/usr/bin/env python3
"""Writes a snapshot as `etcdctl snapshot save` of 3.5 would, without etcd: a GiB takes seconds.

usage: bench/proof-snapshot.py FILE RECORDS VALUE_BYTES

Every tenth record writes an earlier key again, every fiftieth deletes one, and the compaction of the older half was
scheduled but has not run, so that a proof must tell superseded records from current ones. `etcdutl snapshot status`
accepts the file, and a cluster restored from it reports the HashKV that Rekindle computes.
"""
import hashlib, struct, sys

PAGE = 4096
BRANCH, LEAF, META = 1, 2, 4
HEADER, ELEMENT = struct.Struct("<QHHI"), struct.Struct("<IIII")


def leaf(number, elements):
    """One page, with as many as it overflows into; elements are (flags, key, value)."""
    at, heads, bodies = HEADER.size + len(elements) * ELEMENT.size, [], []
    for index, (flags, key, value) in enumerate(elements):
        heads.append(ELEMENT.pack(flags, at - HEADER.size - index * ELEMENT.size, len(key), len(value)))
        bodies += key, value
        at += len(key) + len(value)
    pages = -(-at // PAGE)
    page = b"".join([HEADER.pack(number, LEAF, len(elements), pages - 1), *heads, *bodies])
    return page.ljust(pages * PAGE, b"\0"), pages


def branch(number, children):
    at, heads, bodies = HEADER.size + len(children) * ELEMENT.size, [], []
    for index, (key, child) in enumerate(children):
        heads.append(struct.pack("<IIQ", at - HEADER.size - index * ELEMENT.size, len(key), child))
        bodies.append(key)
        at += len(key)
    return b"".join([HEADER.pack(number, BRANCH, len(children), 0), *heads, *bodies]).ljust(PAGE, b"\0")


def inline(pairs):
    """A bucket inside its parent's value: root page 0, sequence 0, then a page."""
    at, heads, bodies = HEADER.size + len(pairs) * ELEMENT.size, b"", b""
    for index, (key, value) in enumerate(pairs):
        heads += ELEMENT.pack(0, at - HEADER.size - index * ELEMENT.size, len(key), len(value))
        bodies += key + value
        at += len(key) + len(value)
    return bytes(16) + HEADER.pack(0, LEAF, len(pairs), 0) + heads + bodies


def meta(number, root, pages, transaction):
    body = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, PAGE, 0, root, 0, 2**64 - 1, pages, transaction)
    checksum = 0xCBF29CE484222325
    for byte in body:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    return (HEADER.pack(number, META, 0, 0) + body + struct.pack("<Q", checksum)).ljust(PAGE, b"\0")


def varint(number):
    text = b""
    while number > 0x7F:
        text, number = text + bytes([number & 0x7F | 0x80]), number >> 7
    return text + bytes([number])


def records(count, value_bytes):
    pool = hashlib.shake_256(b"rekindle").digest(value_bytes + 65536)
    size = b"\x2a" + varint(value_bytes)
    for i in range(count):
        name = b"/registry/bench/%09d" % (i - 5 if i % 10 == 9 else i)
        revision = b"%s_%s" % (struct.pack(">Q", i + 2), bytes(8))
        key = b"\x0a" + varint(len(name)) + name
        if i % 50 == 49:
            yield revision + b"t", key
            continue
        made = varint(i + 2)
        yield revision, b"%s\x10%s\x18%s\x20\x01%s%s" % (
            key, made, made, size, pool[i * 37 % 65536:][:value_bytes] if value_bytes < 4096 else pool[:value_bytes])


def main(path, count, value_bytes):
    compacted = struct.pack(">Q", count // 2) + b"_" + bytes(8)
    with open(path, "w+b") as out:
        out.write(bytes(2 * PAGE))
        next_page, level, elements, used = 2, [], [], HEADER.size
        for revision, value in records(count, value_bytes):
            size = ELEMENT.size + len(revision) + len(value)
            if elements and used + size > PAGE:
                page, pages = leaf(next_page, elements)
                out.write(page)
                level.append((elements[0][1], next_page))
                next_page, elements, used = next_page + pages, [], HEADER.size
            elements.append((0, revision, value))
            used += size
        page, pages = leaf(next_page, elements)
        out.write(page)
        level.append((elements[0][1] if elements else b"", next_page))
        next_page += pages
        while len(level) > 1:
            above = []
            for start in range(0, len(level), 90):
                children = level[start:start + 90]
                out.write(branch(next_page, children))
                above.append((children[0][0], next_page))
                next_page += 1
            level = above
        member = b'{"id":3087840766184133422,"peerURLs":["http://127.0.0.1:21101"],"name":"m1"}'
        voters = b'{"voters":[3087840766184133422],"auto_leave":false}'
        buckets = {
            b"alarm": inline([]), b"auth": inline([(b"authRevision", struct.pack(">Q", 1))]),
            b"authRoles": inline([]), b"authUsers": inline([]), b"cluster": inline([(b"clusterVersion", b"3.5.0")]),
            b"key": struct.pack("<QQ", level[0][1], 0), b"lease": inline([]),
            b"members": inline([(b"2ada36d11760132e", member)]), b"members_removed": inline([]),
            b"meta": inline([(b"confState", voters), (b"consistent_index", struct.pack(">Q", count + 9)),
                             (b"scheduledCompactRev", compacted), (b"term", struct.pack(">Q", 2))]),
        }
        page, pages = leaf(next_page, [(1, name, value) for name, value in sorted(buckets.items())])
        out.write(page)
        root, next_page = next_page, next_page + pages
        out.seek(0)
        out.write(meta(0, root, next_page, 8) + meta(1, root, next_page, 9))
        out.seek(0)
        digest = hashlib.sha256()
        while block := out.read(1 << 20):
            digest.update(block)
        out.write(digest.digest())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
