import CLibSSH2
import Glibc

extension Session {
    enum KeyAnswer {
        case accepted
        case refused(SignatureRefused)
        /// The server refused after it had the signature: that was wrong, or more than a key is
        /// wanted, which libssh2 does not tell apart.
        case refusedSignature
    }

    /// The authentication methods that the server offers for a user.
    ///
    /// - Returns: nil where the server has let the user in already.
    func offeredMethods(_ user: String, _ deadline: Deadline) throws(SSHError) -> String? {
        var methods: String?
        try complete("asking for the authentication methods", deadline) { session in
            let count = UInt32(user.utf8.count)
            if let list = unsafe libssh2_userauth_list(session, user, count) {
                methods = unsafe String(cString: list)
                return 0
            }
            if unsafe libssh2_userauth_authenticated(session) != 0 { return 0 }
            return unsafe libssh2_session_last_errno(session)
        }
        return methods
    }

    /// Offers a public key and, where the server would take it, signs with it.
    ///
    /// The signature is made between two calls of libssh2, not inside its callback, so that it may
    /// ask an agent or a person, be interrupted, and move the deadline.
    /// The blob's first string names the signature's algorithm; `sign` gives the inner string of
    /// the signature, or the reason why there is none.
    func authenticate(
        _ user: String,
        blob: [UInt8],
        _ deadline: inout Deadline,
        sign: ([UInt8], inout Deadline) throws(SSHError) -> Result<[UInt8], SignatureRefused>
    ) throws(SSHError) -> KeyAnswer {
        let operation = "authenticating"
        let request = SignatureRequest()
        beginWaiting()
        while true {
            let code = inspect { session in
                var context: UnsafeMutableRawPointer? = unsafe request.context
                return unsafe libssh2_userauth_publickey(
                    session,
                    user,
                    blob,
                    blob.count,
                    SignatureRequest.callback,
                    &context
                )
            }
            wire.flush()
            switch code {
            case 0: return .accepted
            case LIBSSH2_ERROR_EAGAIN: break
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED where wire.ending == nil:
                return .refused(SignatureRefused("the server does not accept it for \(user)"))
            case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED where wire.ending == nil:
                if case .refused(let refusal) = request.state { return .refused(refusal) }
                if case .signed = request.state { return .refusedSignature }
                _ = try check(Int(code), operation)
            default:
                _ = try check(Int(code), operation)
            }
            guard case .wanted(let data) = request.state else {
                try wait(operation, deadline)
                continue
            }
            switch try sign(data, &deadline) {
            case .success(let signature): request.state = .signed(signature)
            case .failure(let refusal): request.state = .refused(refusal)
            }
            beginWaiting()
        }
    }
}

/// Why a key was of no use.
struct SignatureRefused: Error {
    var reason: String
    /// nil where it is the server or an agent that refuses.
    var problem: KeyFileProblem?

    init(_ reason: String, problem: KeyFileProblem? = nil) {
        self.reason = reason
        self.problem = problem
    }
}

/// What libssh2's sign callback and the caller tell each other.
private final class SignatureRequest {
    enum State {
        case notWanted
        case wanted([UInt8])
        case signed([UInt8])
        case refused(SignatureRefused)
    }

    var state = State.notWanted

    /// Unretained: the request outlives the call that it is passed to.
    var context: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    /// Has libssh2 come back with the same data until the state says otherwise.
    static let callback: rekindle_sign_callback = { _, signature, count, data, size, context in
        guard let pointer = unsafe context?.pointee else { return -1 }
        let request = unsafe Unmanaged<SignatureRequest>.fromOpaque(pointer).takeUnretainedValue()
        switch request.state {
        case .notWanted, .wanted:
            request.state = .wanted(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
            return LIBSSH2_ERROR_EAGAIN
        case .refused: return -1
        case .signed(let bytes):
            // libssh2 frees it with its allocator, which is the C library's.
            guard let copy = unsafe malloc(bytes.count) else { return -1 }
            unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
            unsafe signature?.pointee = copy.assumingMemoryBound(to: UInt8.self)
            unsafe count?.pointee = bytes.count
            return 0
        }
    }
}
