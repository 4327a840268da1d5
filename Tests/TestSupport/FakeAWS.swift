import FoundationEssentials

/// An `aws` program for tests: a bucket is a directory `DIR/BUCKET`, and what it gets wrong is told by a
/// variable.
///
/// It knows the calls that Rekindle makes: `s3api list-objects-v2`, `head-object` and
/// `delete-objects`, `s3 cp`.
package struct FakeAWS: Sendable {
    /// To be first in the PATH.
    package let programs: String
    package let root: String

    /// Writes the program.
    ///
    /// - Parameter folder: a directory of the test's own.
    /// - Throws: `ShellProcess.Failure`.
    package init(in folder: String) throws {
        programs = "\(folder)/aws-bin"
        root = "\(folder)/aws-root"
        try ProgramFolder.write(Self.script, to: "\(programs)/aws")
        let made = try ShellProcess("mkdir -p -- '\(root)'").finish()
        guard made.status == 0 else { throw ShellProcess.Failure(description: made.errorText) }
    }

    /// The variables of a program that is to find it.
    ///
    /// - Parameter fault: what the list gets wrong; nil for nothing.
    /// - Returns: All variables.
    package func environment(_ fault: Fault? = nil) -> [String: String] {
        [
            "PATH": "\(programs):/usr/bin:/bin", "FAKE_AWS_ROOT": root,
            "FAKE_AWS_FAULT": fault?.rawValue ?? "",
        ]
    }

    /// How a list of objects can be other than the truth.
    package enum Fault: String, Sendable, CaseIterable {
        /// Cut, and it says so, but not where it goes on.
        case cut
        /// Fewer objects than it says it has.
        case fewer
        /// Nothing at all, exit 0.
        case silent
        /// The first half of the text, exit 0.
        case half
        /// A page of HTML, exit 0.
        case garbage
        /// It does not say whether it is whole.
        case unsaid
        /// Each page points at itself.
        case loop
        /// It goes on page by page, as it should: no fault.
        case pages
    }

    private static let script = #"""
        #!/bin/sh
        # $FAKE_AWS_ROOT/BUCKET/KEY is an object
        [ "$1" = --endpoint-url ] && shift 2
        call="$1 $2"; shift 2
        path() { printf '%s/%s' "$FAKE_AWS_ROOT" "${1#s3://}"; }
        case $call in
        "s3api list-objects-v2")
          from=0
          while [ $# -gt 0 ]; do
            case $1 in
            --bucket) bucket=$2; shift ;;
            --prefix) prefix=$2; shift ;;
            --continuation-token) from=$2; shift ;;
            esac
            shift
          done
          if ! cd "$FAKE_AWS_ROOT/$bucket" 2>/dev/null; then
            echo "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation" >&2; exit 254
          fi
          case $FAKE_AWS_FAULT in
          silent) exit 0 ;;
          garbage) echo '<html>captive portal</html>'; exit 0 ;;
          esac
          all=$(find . -type f -printf '%P\n' | LC_ALL=C sort | awk -v p="$prefix" 'index($0, p) == 1')
          count=$(printf '%s' "$all" | grep -c '')
          size=1000
          [ "$FAKE_AWS_FAULT" = pages ] && size=2
          page=$(printf '%s\n' "$all" | tail -n "+$((from + 1))" | head -n "$size")
          [ "$FAKE_AWS_FAULT" = loop ] && next='"1"' cut=true
          [ "$FAKE_AWS_FAULT" = cut ] && next=null cut=true
          [ "$((from + size))" -lt "$count" ] && next="\"$((from + size))\"" cut=true
          text=$(printf '%s\n' "$page" | grep . | while read -r key; do
            printf '%s{"Key": "%s", "Size": %s, "LastModified": "%s"}' "$comma" "$key" \
              "$(stat -c %s "$key")" "$(date -u -r "$key" +%Y-%m-%dT%H:%M:%S+00:00)"
            comma=', '
          done)
          shown=$(printf '%s' "$page" | grep -c .)
          [ "$FAKE_AWS_FAULT" = fewer ] && shown=$((shown + 3))
          whole="\"IsTruncated\": ${cut:-false},"
          [ "$FAKE_AWS_FAULT" = unsaid ] && whole='"IsTruncated": null,'
          text="{\"Contents\": [$text], $whole \"NextContinuationToken\": ${next:-null}, \"KeyCount\": $shown}"
          [ "$FAKE_AWS_FAULT" = half ] && text=$(printf '%s' "$text" | head -c 60)
          printf '%s\n' "$text"
          ;;
        "s3api head-object")
          while [ $# -gt 0 ]; do
            case $1 in --bucket) bucket=$2 ;; --key) key=$2 ;; esac
            shift
          done
          date -u -r "$FAKE_AWS_ROOT/$bucket/$key" +'"%Y-%m-%dT%H:%M:%S+00:00"'
          ;;
        "s3api delete-objects")
          while [ $# -gt 0 ]; do
            case $1 in --bucket) bucket=$2 ;; --delete) keys=$2 ;; esac
            shift
          done
          printf '%s\n' "$keys" | tr ',' '\n' | sed -n 's/.*"Key":"\([^"]*\)".*/\1/p' | tr -d '\\' |
            while read -r key; do
              printf '%s\n' "$key" >>"$FAKE_AWS_ROOT/deleted"
              rm -f "$FAKE_AWS_ROOT/$bucket/$key"
            done
          ;;
        "s3 cp")
          recursive=
          while [ $# -gt 0 ]; do
            case $1 in
            --recursive) recursive=yes ;;
            --only-show-errors) ;;
            --exclude | --include | --expected-size) shift ;;
            *) source=${source:-$1} target=$1 ;;
            esac
            shift
          done
          if [ -n "$recursive" ]; then
            cp "$(path "$source")"/*.manifest.json "$target" 2>/dev/null || true
          elif [ "$target" = - ]; then
            cat "$(path "$source")"
          else
            mkdir -p "$(dirname "$(path "$target")")" && cat >"$(path "$target")"
          fi
          ;;
        *) echo "aws of the tests does not know: $call" >&2; exit 2 ;;
        esac
        """#
}
