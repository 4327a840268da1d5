#!/bin/sh
# etcd-1 on 10.0.0.1: restore of cluster prod, run 20261122T164512Z-3fa9c1
# planned at 2026-11-22T16:45:12Z
#
# Copy this to the host and run it there as root, one stage at a time:
#
#     sh rekindle-etcd-1.sh step_1_1
#
# Every host passes a stage before any host begins the next. Without an argument it
# lists the stages. The stage that copies the snapshot reads it on standard input.
# A stage that fails says why and goes no further; once mended, run it again.
# The commands are those of the plan; the tests before them only look.
#
# Directories above the ones made get their mode from the umask:
# shellcheck disable=SC2174
set -eu
umask 077
export LC_ALL=C ETCDCTL_API=3
# a login shell may have these, and each is a flag to etcdctl that contradicts the one given here
unset ETCDCTL_ENDPOINTS ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY ETCDCTL_WRITE_OUT

run=20261122T164512Z-3fa9c1
lock=/var/lib/etcd/.rekindle/lock
data=/var/lib/etcd

say() { printf '%s\n' "$*"; }

# Root works in directories of its own only: etcd's user may rename them, or put a link in their place.
is_ours() {
  cd -P -- "$1" && cd -P -- "./$2" && h=$(pwd -P) && [ "${h##*/}" = "$2" ] && [ .. -ef "$1" ] &&
  [ "$(stat -c %u .)" = "$(id -u)" ] && case $(stat -c %a .) in *700 | *711) ;; *) false ;; esac
} 2>/dev/null
is_there() { [ -e "$1/$2" ] || [ -h "$1/$2" ]; }
enter() {
  is_ours "$1" "$2" || {
    echo "$1/$2 is no directory of $(id -un)'s alone:"       "$(stat -c '%F, owner %U, mode %a' -- "$1/$2" 2>&1)" >&2; exit 77; }
}
no_mounts() {
  for f; do
    e=$(printf '%s/%s' "$(realpath -m -- "$(dirname -- "$f")")" "${f##*/}" \
      | sed 's,^//,/,; s/\\/\\134/g; s/ /\\040/g; s/\t/\\011/g')
    E=$e awk '$5 == ENVIRON["E"] || index($5, ENVIRON["E"] "/") == 1 {print $5; f = 1; exit} END {exit f}' \
      /proc/self/mountinfo >&2 || {
      echo "$f has a mount at it or below: unmount it first" >&2; return 74; }
  done
}
move() {
  no_mounts "$1" || return
  if [ -e "$2" ] || [ -h "$2" ]; then echo "$2 is there already" >&2; return 73; fi
  (ulimit -f 0; trap '' XFSZ; exec mv -T -n -- "$1" "$2") && return
  # of a copy without a byte, never what somebody else has put there
  if [ -d "$1" ] && [ ! -h "$1" ] && [ -z "$(find "$2" -type f -size +0 2>&1 | head -n 1)" ]; then
    rm -rf --one-file-system -- "$2"
  fi
  echo "$1 cannot be renamed to $2, and a copy is not made" >&2
  return 74
}
delete() {
  no_mounts "$@" || return
  if [ -d "$1" ] && [ "$(stat -f -c %T -- "$1")" = btrfs ]; then rm -rf -- "$@"
  else rm -rf --one-file-system -- "$@"; fi
}
claim() {
  (cd -P -- "$1" && { is_there . "$2" || e=$(mkdir -m 0700 -- "$2" 2>&1) || is_there . "$2" || {
    echo "$e" >&2; exit 1; }; } && enter "$1" "$2")
}
within() { (enter "$1" "$2" && shift 2 && "$@"); }
beside() {
  (exec 6<. && enter "$1" "$2" && exec 7<. && cd -P /proc/self/fd/6 && exec 6<&- && shift 2 && "$@")
}
remove_in() { if is_there "$1" "$2"; then (enter "$1" "$2" && shift 2 && delete "$@"); fi; }
remove_dir() {
  if is_there "$1" "$2"; then
    (enter "$1" "$2" && shift && for f in * .[!.]* ..?*; do
      if [ -e "$f" ] || [ -h "$f" ]; then delete "$f" || exit; fi
    done && cd .. && rmdir -- "$1")
  fi
}

lost() { echo "rekindle: the lock $lock is not this run's" >&2; exit 75; }

# Nothing runs unless the lock on this host is this run's, nor beside another command of it.
# Names are those in there from then on.
locked() {
  is_there "$data" .rekindle || lost
  enter "$data" .rekindle
  grep -qxsF -- "run=$run" lock || lost
  exec 9>>busy
  flock -w 15 9 || {
    echo "rekindle: an earlier command of this run is still at work" >&2; exit 76; }
}

# $said is what etcdctl printed; $1 is what is compared, $2 the text that must be there.
expect() {
  if printf '%s\n' "$said" | grep -qE -e "$2([^0-9]|\$)"; then say "holds: $1 ($2)"
  else say "FAILS: $1: want $2 in: $said"; wrong=1; fi
}
expect_at_least() {
  number=$(printf '%s\n' "$said" | sed -n "s/.*$2\([0-9][0-9]*\).*/\1/p")
  if [ "${number:-0}" != 0 ] && { [ "$3" = 1 ] || [ "$number" -ge "$3" ]; }; then
    say "holds: $1 $number"
  else say "FAILS: $1 is ${number:-missing}"; wrong=1; fi
}
expect_nothing() {
  if [ -z "$said" ]; then say "holds: no $1"
  else say "FAILS: $1: $said"; wrong=1; fi
}

# take-locks: lock
step_1_1_lock() {
  say 'take the lock /var/lib/etcd/.rekindle/lock'
  claim /var/lib/etcd .rekindle
  enter /var/lib/etcd .rekindle
  sh -c 't="$1.$2"
{ printf '\''%s\n'\'' "run=$2" "operator=${REKINDLE_OPERATOR:-$(id -un)}" "coordinator=${REKINDLE_COORDINATOR:-by hand}" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${REKINDLE_PURPOSE:+"purpose=$REKINDLE_PURPOSE"} ${REKINDLE_SESSION:+"$REKINDLE_SESSION"} >"$t" && sync -- "$t"; } || { rm -f -- "$t"; exit 74; }
ln -T -- "$t" "$1" 2>/dev/null
if [ $# -gt 2 ] && exec 9>>"$4" && flock -w 15 9 && grep -qxsF -- "run=$3" "$1" && { s=$(($(date +%s) - $(stat -c %Y -- "$1"))); [ "${s#-}" -ge 120 ]; }; then
  mv -T -- "$t" "$1"
fi
rm -f -- "$t"
s=${REKINDLE_SESSION:-run=$2}
grep -qxsF -- "run=$2" "$1" && grep -qxsF -- "${s%%
*}" "$1" || { cat -- "$1" >&2; exit 75; }
sync -- "$1"' rekindle lock 20261122T164512Z-3fa9c1
  sh -c '[ -d "$1" ] || mkdir -m "$2" -- "$1"' rekindle 20261122T164512Z-3fa9c1 0700
  cp -f -- lock 20261122T164512Z-3fa9c1/by
  sync -- . ..
}

# stop-members: hold every unit
step_2_1_hold_every_unit() {
  locked
  say 'forbid every start of etcd.service, also by a reboot'
  mkdir -p -m 0755 -- /etc/systemd/system/etcd.service.d
  sh -c 'printf '\''%s\n'\'' "$2" '\''[Unit]'\'' "AssertPathExists=!$3" >"$1.tmp" && chmod 0644 "$1.tmp" || exit
sync -- "$1.tmp" && mv -T -- "$1.tmp" "$1" || exit
d=${1%/*}
while [ -n "$d" ]; do sync -- "$d" || exit; [ "$d" != "${d%/*}" ] || break; d=${d%/*}; done' rekindle /etc/systemd/system/etcd.service.d/rekindle-hold.conf '# held by rekindle run 20261122T164512Z-3fa9c1' /etc/systemd/system/etcd.service.d/rekindle-hold.conf
  systemctl daemon-reload
}

# stop-members: stop the followers
step_2_2_stop_the_followers() {
  say 'nothing to do on this host'
}

# stop-members: stop the leader
step_2_3_stop_the_leader() {
  locked
  say 'stop etcd.service'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl stop -- etcd.service
}

# distribute-snapshot: copy and prove
step_3_1_copy_and_prove() {
  locked
  say 'copy the snapshot to /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/snapshot.db, prove its SHA-256 there'
  [ ! -t 0 ] || { echo 'rekindle: give the snapshot on the standard input' >&2; exit 1; }
  sh -c 'truncate -s "${REKINDLE_OFFSET:-0}" -- "$1" || exit
exec 4<&0
{ case ${REKINDLE_PACKED:-} in zstd|gzip) exec "$REKINDLE_PACKED" -d -c -q ;; *) exec cat ;; esac; } <&4 4<&- >>"$1" & p=$!
exec 4<&-
if [ -z "${REKINDLE_SESSION:-}" ]; then wait $p; exit; fi
{
  n= q=0
  while sleep 5; do
    s=$(stat -c %s -- "$1"); a=$(($(date +%s) - $(stat -c %Y -- lock || echo 0)))
    if [ "$s" = "$n" ]; then q=$((q + 5)); else n=$s q=0; fi
    if [ $q -ge 30 ] && [ $a -ge 120 ]; then kill $p; exit; fi
  done
} </dev/null >/dev/null 2>&1 9>&- & w=$!
wait $p; s=$?; kill $w 2>/dev/null
[ $s != 143 ] || echo "no byte came for 30 s, and no sign of life of the coordinator" >&2
exit $s' rekindle 20261122T164512Z-3fa9c1/snapshot.db.part
  sh -c 'sync -- "$1" & w=$!
s=$(stat -c %s -- "$1"); d=$(sha256sum <"$1" | cut -c1-64)
wait $w || exit 74
[ "$s $d" = "$2 $3" ] || { echo "got $s bytes with SHA-256 $d, want $2 bytes with $3" >&2; exit 65; }' rekindle 20261122T164512Z-3fa9c1/snapshot.db.part 1406599200 9f2c5e0d7ab1463de8c1a0f3b72d94865c3e1f0a9b8d7c6e5f40312233445566
  mv -T -- 20261122T164512Z-3fa9c1/snapshot.db.part 20261122T164512Z-3fa9c1/snapshot.db
  sync -- 20261122T164512Z-3fa9c1
}

# archive-data: rename aside
step_4_1_rename_aside() {
  locked
  say 'rename /var/lib/etcd/member to /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/aside/member'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl is-active -- etcd.service | grep -qxE 'inactive|failed' || { echo 'rekindle: etcd.service is not stopped' >&2; exit 1; }
  { [ ! -f /var/lib/etcd/member/snap/db ] || flock -n -s /var/lib/etcd/member/snap/db true; } || { echo 'rekindle: a process has /var/lib/etcd/member/snap/db open' >&2; exit 1; }
  if [ -e /var/lib/etcd/member ]; then
  sh -c '[ -d "$1" ] || mkdir -m "$2" -- "$1"' rekindle 20261122T164512Z-3fa9c1/aside 0700
  sync -- 20261122T164512Z-3fa9c1
  test '!' -e 20261122T164512Z-3fa9c1/aside/member
  move ../member 20261122T164512Z-3fa9c1/aside/member
  test '!' -e ../member
  sync -- .. 20261122T164512Z-3fa9c1/aside
  else
  echo 'nothing to do here'
  fi
}

# restore-snapshot: restore into staging
step_5_1_restore_into_staging() {
  locked
  say 'restore the snapshot into /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging'
  if [ ! -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/restored ]; then
  delete 20261122T164512Z-3fa9c1/restored 20261122T164512Z-3fa9c1/staging
  /usr/bin/etcdutl snapshot restore /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/snapshot.db --name etcd-1 --initial-cluster etcd-1=https://10.0.0.1:2380,etcd-2=https://10.0.0.2:2380,etcd-3=https://10.0.0.3:2380 --initial-cluster-token rekindle-20261122T164512Z-3fa9c1 --initial-advertise-peer-urls https://10.0.0.1:2380 --data-dir /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging
  sync -f -- 20261122T164512Z-3fa9c1/staging
  touch -- 20261122T164512Z-3fa9c1/restored
  sync -- 20261122T164512Z-3fa9c1/restored 20261122T164512Z-3fa9c1
  else
  echo 'nothing to do here'
  fi
}

# set-ownership: chown
step_6_1_chown() {
  locked
  say 'give /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging to etcd:etcd'
  [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/restored ] || { echo 'rekindle: the restore into /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging is not whole' >&2; exit 1; }
  chown -R -P -h -- etcd:etcd 20261122T164512Z-3fa9c1/staging
  sync -f -- 20261122T164512Z-3fa9c1/staging
}

# start-members: put the restored data in place
step_7_1_put_the_restored_data_in_place() {
  locked
  say 'rename /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging/member to /var/lib/etcd/member'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl is-active -- etcd.service | grep -qxE 'inactive|failed' || { echo 'rekindle: etcd.service is not stopped' >&2; exit 1; }
  { [ ! -f /var/lib/etcd/member/snap/db ] || flock -n -s /var/lib/etcd/member/snap/db true; } || { echo 'rekindle: a process has /var/lib/etcd/member/snap/db open' >&2; exit 1; }
  [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/restored ] || { echo 'rekindle: the restore into /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging is not whole' >&2; exit 1; }
  test '!' -e ../member
  move 20261122T164512Z-3fa9c1/staging/member ../member
  test '!' -e 20261122T164512Z-3fa9c1/staging/member
  sync -- 20261122T164512Z-3fa9c1/staging ..
}

# start-members: start every member
step_7_2_start_every_member() {
  locked
  say 'lift the hold and start etcd.service, without waiting for it'
  { [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/restored ] && [ ! -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging/member ] && [ -e /var/lib/etcd/member ]; } || { echo 'rekindle: the restored data is not in place in /var/lib/etcd' >&2; exit 1; }
  rm -f -- /etc/systemd/system/etcd.service.d/rekindle-hold.conf
  sh -c 'systemctl reset-failed -- "$1" 2>/dev/null || true' rekindle etcd.service
  systemctl start --no-block -- etcd.service
}

# verify-cluster: prove every member
step_8_1_prove_every_member() {
  wrong=0
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key endpoint status --write-out=json)
  expect 'cluster ID cd8c16918a427f8' '"cluster_id":925702380553775096'
  expect 'member ID bd9cac169c9be39f' '"member_id":13662984582651962271'
  expect_at_least revision '"revision":' 4815162
  expect_at_least leader '"leader":' 1
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key endpoint hashkv --write-out=json --command-timeout=60s)
  expect 'revision of the hash' '"revision":4815162'
  expect 'data hash' '"hash":1047458361'
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key get '' --prefix --keys-only --limit=1 --rev=4815162 --write-out=fields)
  expect 'key count' '"Count" : 20345'
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key alarm list)
  expect_nothing alarms
  said=$(printf '%s\n' 'version("rekindle/never") < "0"' '' 'put rekindle/never x' '' 'get rekindle/never' '' | /usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key txn)
  expect write FAILURE
  [ "$wrong" = 0 ] || { echo 'rekindle: NOT PROVEN' >&2; exit 1; }
  say 'proven on this host; all hosts must name the same leader'
}

# finish: tidy up
step_9_1_tidy_up() {
  locked
  say 'remove the snapshot'\''s copy, which holds every secret of the cluster'
  delete 20261122T164512Z-3fa9c1/snapshot.db 20261122T164512Z-3fa9c1/snapshot.db.part 20261122T164512Z-3fa9c1/staging
  sh -c '[ ! -d "$1" ] || sync -- "$1"; rmdir -- "$1" 2>/dev/null; sync -- "$2"' rekindle /etc/systemd/system/etcd.service.d /etc/systemd/system
  systemctl daemon-reload
  say 'release the lock'
  rm -f -- lock lock.20261122T164512Z-3fa9c1 busy
  sync -- .
  cd ..
  rmdir --ignore-fail-on-non-empty -- .rekindle
  sync -- .
}

# take-locks: lock
rollback_1_1_lock() {
  say 'take the lock /var/lib/etcd/.rekindle/lock'
  claim /var/lib/etcd .rekindle
  enter /var/lib/etcd .rekindle
  sh -c 't="$1.$2"
{ printf '\''%s\n'\'' "run=$2" "operator=${REKINDLE_OPERATOR:-$(id -un)}" "coordinator=${REKINDLE_COORDINATOR:-by hand}" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${REKINDLE_PURPOSE:+"purpose=$REKINDLE_PURPOSE"} ${REKINDLE_SESSION:+"$REKINDLE_SESSION"} >"$t" && sync -- "$t"; } || { rm -f -- "$t"; exit 74; }
ln -T -- "$t" "$1" 2>/dev/null
if [ $# -gt 2 ] && exec 9>>"$4" && flock -w 15 9 && grep -qxsF -- "run=$3" "$1" && { s=$(($(date +%s) - $(stat -c %Y -- "$1"))); [ "${s#-}" -ge 120 ]; }; then
  mv -T -- "$t" "$1"
fi
rm -f -- "$t"
s=${REKINDLE_SESSION:-run=$2}
grep -qxsF -- "run=$2" "$1" && grep -qxsF -- "${s%%
*}" "$1" || { cat -- "$1" >&2; exit 75; }
sync -- "$1"' rekindle lock 20261122T164512Z-3fa9c1
  sh -c '[ -d "$1" ] || mkdir -m "$2" -- "$1"' rekindle 20261122T164512Z-3fa9c1 0700
  cp -f -- lock 20261122T164512Z-3fa9c1/by
  sync -- . ..
}

# stop-members: hold every unit
rollback_2_1_hold_every_unit() {
  locked
  say 'forbid every start of etcd.service, also by a reboot'
  mkdir -p -m 0755 -- /etc/systemd/system/etcd.service.d
  sh -c 'printf '\''%s\n'\'' "$2" '\''[Unit]'\'' "AssertPathExists=!$3" >"$1.tmp" && chmod 0644 "$1.tmp" || exit
sync -- "$1.tmp" && mv -T -- "$1.tmp" "$1" || exit
d=${1%/*}
while [ -n "$d" ]; do sync -- "$d" || exit; [ "$d" != "${d%/*}" ] || break; d=${d%/*}; done' rekindle /etc/systemd/system/etcd.service.d/rekindle-hold.conf '# held by rekindle run 20261122T164512Z-3fa9c1' /etc/systemd/system/etcd.service.d/rekindle-hold.conf
  systemctl daemon-reload
}

# stop-members: stop every member
rollback_2_2_stop_every_member() {
  locked
  say 'stop etcd.service'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl stop -- etcd.service
}

# discard-restored: rename aside
rollback_3_1_rename_aside() {
  locked
  say 'rename /var/lib/etcd/member to /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/discarded/member'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl is-active -- etcd.service | grep -qxE 'inactive|failed' || { echo 'rekindle: etcd.service is not stopped' >&2; exit 1; }
  { [ ! -f /var/lib/etcd/member/snap/db ] || flock -n -s /var/lib/etcd/member/snap/db true; } || { echo 'rekindle: a process has /var/lib/etcd/member/snap/db open' >&2; exit 1; }
  if [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/restored ] && [ ! -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/staging/member ] && [ -e /var/lib/etcd/member ] && [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/aside/member ]; then
  sh -c '[ -d "$1" ] || mkdir -m "$2" -- "$1"' rekindle 20261122T164512Z-3fa9c1/discarded 0700
  sync -- 20261122T164512Z-3fa9c1
  test '!' -e 20261122T164512Z-3fa9c1/discarded/member
  move ../member 20261122T164512Z-3fa9c1/discarded/member
  test '!' -e ../member
  sync -- .. 20261122T164512Z-3fa9c1/discarded
  else
  echo 'nothing to do here'
  fi
}

# put-back: rename back
rollback_4_1_rename_back() {
  locked
  say 'rename /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/aside/member to /var/lib/etcd/member'
  { systemctl show -p LoadState -p ActiveState -p SubState -p DropInPaths -- etcd.service | sed 's/^/service./'
sed -n 's/^# held by rekindle run /service.hold=/p' /etc/systemd/system/etcd.service.d/rekindle-hold.conf 2>/dev/null
} | grep -qxF -- service.hold=20261122T164512Z-3fa9c1 || { echo 'rekindle: etcd.service is not held: do the stage that holds it first' >&2; exit 1; }
  systemctl is-active -- etcd.service | grep -qxE 'inactive|failed' || { echo 'rekindle: etcd.service is not stopped' >&2; exit 1; }
  { [ ! -f /var/lib/etcd/member/snap/db ] || flock -n -s /var/lib/etcd/member/snap/db true; } || { echo 'rekindle: a process has /var/lib/etcd/member/snap/db open' >&2; exit 1; }
  if [ -e /var/lib/etcd/.rekindle/20261122T164512Z-3fa9c1/aside/member ]; then
  test '!' -e ../member
  move 20261122T164512Z-3fa9c1/aside/member ../member
  test '!' -e 20261122T164512Z-3fa9c1/aside/member
  sync -- 20261122T164512Z-3fa9c1/aside ..
  else
  echo 'nothing to do here'
  fi
}

# start-members: start
rollback_5_1_start() {
  locked
  say 'lift the hold and start etcd.service, as it was'
  [ -e /var/lib/etcd/member ] || { echo 'rekindle: there is no data in /var/lib/etcd' >&2; exit 1; }
  rm -f -- /etc/systemd/system/etcd.service.d/rekindle-hold.conf
  sh -c 'systemctl reset-failed -- "$1" 2>/dev/null || true' rekindle etcd.service
  systemctl start --no-block -- etcd.service
}

# verify-cluster: prove every member
rollback_6_1_prove_every_member() {
  wrong=0
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key endpoint status --write-out=json)
  expect 'cluster ID d368b698fee2860e' '"cluster_id":15233626507808245262'
  expect 'member ID 1a2b3c00' '"member_id":439041024'
  expect_at_least leader '"leader":' 1
  said=$(/usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key alarm list)
  expect_nothing alarms
  said=$(printf '%s\n' 'version("rekindle/never") < "0"' '' 'put rekindle/never x' '' 'get rekindle/never' '' | /usr/bin/etcdctl --endpoints=https://10.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt --cert=/etc/etcd/pki/client.crt --key=/etc/etcd/pki/client.key txn)
  expect write FAILURE
  [ "$wrong" = 0 ] || { echo 'rekindle: NOT PROVEN' >&2; exit 1; }
  say 'proven on this host; all hosts must name the same leader'
}

# finish: tidy up
rollback_7_1_tidy_up() {
  locked
  say 'remove the snapshot'\''s copy, which holds every secret of the cluster'
  delete 20261122T164512Z-3fa9c1/snapshot.db 20261122T164512Z-3fa9c1/snapshot.db.part 20261122T164512Z-3fa9c1/staging
  sh -c '[ ! -d "$1" ] || sync -- "$1"; rmdir -- "$1" 2>/dev/null; sync -- "$2"' rekindle /etc/systemd/system/etcd.service.d /etc/systemd/system
  systemctl daemon-reload
  say 'release the lock'
  rm -f -- lock lock.20261122T164512Z-3fa9c1 busy
  sync -- .
  cd ..
  rmdir --ignore-fail-on-non-empty -- .rekindle
  sync -- .
}

list() {
  say step_1_1_lock
  say step_2_1_hold_every_unit
  say step_2_2_stop_the_followers
  say step_2_3_stop_the_leader
  say step_3_1_copy_and_prove
  say step_4_1_rename_aside
  say step_5_1_restore_into_staging
  say step_6_1_chown
  say step_7_1_put_the_restored_data_in_place
  say step_7_2_start_every_member
  say step_8_1_prove_every_member
  say step_9_1_tidy_up
  say rollback_1_1_lock
  say rollback_2_1_hold_every_unit
  say rollback_2_2_stop_every_member
  say rollback_3_1_rename_aside
  say rollback_4_1_rename_back
  say rollback_5_1_start
  say rollback_6_1_prove_every_member
  say rollback_7_1_tidy_up
}

case ${1:-list} in
list) list ;;
step_1_1 | step_1_1_lock) step_1_1_lock ;;
step_2_1 | step_2_1_hold_every_unit) step_2_1_hold_every_unit ;;
step_2_2 | step_2_2_stop_the_followers) step_2_2_stop_the_followers ;;
step_2_3 | step_2_3_stop_the_leader) step_2_3_stop_the_leader ;;
step_3_1 | step_3_1_copy_and_prove) step_3_1_copy_and_prove ;;
step_4_1 | step_4_1_rename_aside) step_4_1_rename_aside ;;
step_5_1 | step_5_1_restore_into_staging) step_5_1_restore_into_staging ;;
step_6_1 | step_6_1_chown) step_6_1_chown ;;
step_7_1 | step_7_1_put_the_restored_data_in_place) step_7_1_put_the_restored_data_in_place ;;
step_7_2 | step_7_2_start_every_member) step_7_2_start_every_member ;;
step_8_1 | step_8_1_prove_every_member) step_8_1_prove_every_member ;;
step_9_1 | step_9_1_tidy_up) step_9_1_tidy_up ;;
rollback_1_1 | rollback_1_1_lock) rollback_1_1_lock ;;
rollback_2_1 | rollback_2_1_hold_every_unit) rollback_2_1_hold_every_unit ;;
rollback_2_2 | rollback_2_2_stop_every_member) rollback_2_2_stop_every_member ;;
rollback_3_1 | rollback_3_1_rename_aside) rollback_3_1_rename_aside ;;
rollback_4_1 | rollback_4_1_rename_back) rollback_4_1_rename_back ;;
rollback_5_1 | rollback_5_1_start) rollback_5_1_start ;;
rollback_6_1 | rollback_6_1_prove_every_member) rollback_6_1_prove_every_member ;;
rollback_7_1 | rollback_7_1_tidy_up) rollback_7_1_tidy_up ;;
*) echo "rekindle: there is no stage $1" >&2; list >&2; exit 64 ;;
esac
