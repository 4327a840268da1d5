import CLibCrypto
import EtcdModel
import Glibc
package import RemoteHost

/// A plain stream, wrapped by programs while it is read, and hashed as it comes out.
///
/// Nothing of it touches a disk. Used from one thread at a time.
// unchecked: whoever reads a `ByteStream` promises to do so from one thread at a time
package final class PackingStream: ByteStream, @unchecked Sendable {
    private let plain: any ByteStream
    private let patience: Patience
    /// nil once all was given: the first program sees its end.
    private var input: Descriptor?
    private let output: Descriptor?
    private var programs: [ChildProgram] = []
    private let block = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 256 << 10,
        alignment: 4096
    )
    /// What of the block is still to be given.
    private var pending = 0..<0
    private let digest: OpaquePointer
    /// What came out so far.
    package private(set) var bytes: UInt64 = 0

    /// The layers come the innermost first.
    /// - Throws: `SourceFailure`.
    package init(
        _ plain: any ByteStream,
        layers: [PackingLayer],
        surroundings: SourceSurroundings
    ) throws(SourceFailure) {
        self.plain = plain
        patience = surroundings.patience
        guard let digest = EVP_MD_CTX_new(), EVP_DigestInit_ex(digest, EVP_sha256(), nil) == 1
        else {
            throw SourceFailure("this machine has no memory left", hint: "see `dmesg`")
        }
        self.digest = digest
        var source: Descriptor?
        for layer in layers {
            let path = try surroundings.programs.require(
                layer.name,
                package: layer.layer.package,
                for: "packing with \(layer.name)"
            )
            if source == nil {
                let first = try Descriptor.pipe()
                _ = fcntl(first.write.number, F_SETFL, O_NONBLOCK)
                (source, input) = (first.read, first.write)
            }
            guard let from = source else { break }
            let ends = try Descriptor.pipe()
            programs.append(
                try ChildProgram(
                    path,
                    layer.arguments,
                    input: from.number,
                    output: ends.write.number,
                    environment: surroundings.environment,
                    explain: layer.explain
                )
            )
            source = ends.read
        }
        output = source
    }

    deinit {
        // from the end: one that nobody reads any more has nothing to say
        while !programs.isEmpty { programs.removeLast() }
        block.deallocate()
        EVP_MD_CTX_free(digest)
    }

    /// - Throws: `SourceFailure`, and what reading the plain bytes throws.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = output == nil ? try plain.read(into: buffer) : try pump(buffer)
        EVP_DigestUpdate(digest, buffer.baseAddress, count)
        bytes += UInt64(count)
        return count
    }

    /// SHA-256 of what came out, in lower-case hex; to be asked for once, at the end.
    package func sha256() -> String {
        var value = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(digest, &value, nil)
        return Hex.text(value)
    }

    private func pump(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let output else { return 0 }
        let end = ContinuousClock().now + patience.limit
        while true {
            try patience.check(end, "packing the snapshot")
            try fill()
            var waiting = [pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)]
            if let input {
                waiting.append(pollfd(fd: input.number, events: Int16(POLLOUT), revents: 0))
            }
            let ready = poll(&waiting, nfds_t(waiting.count), 100)
            for program in programs { program.listen() }
            guard ready > 0 else { continue }
            if waiting[0].revents != 0 {
                let count = Glibc.read(output.number, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { try finish() }
                return max(0, count)
            }
            give()
        }
    }

    /// Takes the next of the plain bytes once the last are given; at their end the pipe is closed.
    private func fill() throws {
        guard pending.isEmpty, input != nil else { return }
        let count = try plain.read(into: block)
        pending = 0..<count
        if count == 0 { input = nil }
    }

    private func give() {
        guard let input else { return }
        let rest = UnsafeRawBufferPointer(rebasing: block[pending])
        let count = Glibc.write(input.number, rest.baseAddress, rest.count)
        if count > 0 {
            pending = (pending.lowerBound + count)..<pending.upperBound
        } else if errno != EAGAIN && errno != EINTR {
            // it reads no more, and says why at its end
            self.input = nil
            pending = 0..<0
        }
    }

    /// One that ended before it had read all was not the first to fail.
    private func finish() throws {
        let isCut = input != nil
        input = nil
        for program in programs {
            switch program.finish() {
            case .succeeded, .broken: continue
            case .failed(let failure): throw failure
            }
        }
        if isCut || !pending.isEmpty {
            throw SourceFailure(
                "packing the snapshot ended before all of it was read",
                hint: "try the program by hand: \(programs.map(\.name).joined(separator: ", "))"
            )
        }
    }
}
