# shellcheck shell=bash
# What the entrance says to people, and the locks that keep two of them in one clone apart.
# Everything is said on standard error: standard output belongs to results (`--json`, exports, the test total).

say() { printf 'dialer: %s\n' "$*" >&2; }

# die WHAT WHY NEXT: ends the command with the three things a stopped person needs.
die() {
  printf 'dialer: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf '  why:  %s\n' "$2" >&2
  [ -z "${3:-}" ] || printf '  next: %s\n' "$3" >&2
  exit 1
}

# Makes the folder for everything this clone keeps to itself; only its owner may look inside.
prepare_data() {
  { mkdir -p -- "$DATA/run" "$DATA/log" "$DATA/build" && [ -w "$DATA/run" ] && [ -w "$DATA/log" ]; } 2>/dev/null ||
    die "The folder $DATA cannot be written." "it belongs to $(stat -c %U -- "$DATA" 2>/dev/null || echo 'nobody, it does not exist'), and you are $(id -un 2>/dev/null || id -u)." \
      "run as that user, or give the folder to yourself, or name another with DIALER_DATA=/some/folder."
  chmod go-w -- "$DATA" && chmod 700 -- "$DATA/run"
}

# lock NAME: one holder at a time in this clone; the kernel frees it when the holder dies, however it dies.
lock() {
  local file=$DATA/$1.lock
  prepare_data
  exec {LOCK}>"$file"
  flock -n "$LOCK" && return
  say "another ./dialer is busy here ($1); waiting for it..."
  flock -w "${DIALER_LOCK_SECONDS:-1800}" "$LOCK" ||
    die "Gave up waiting for another ./dialer in this clone." "it still holds $file." "see what it is doing (ps), or end everything of this clone with ./dialer stop."
}

unlock() { exec {LOCK}>&-; unset LOCK; }

# tick SINCE: says every 20 s that work goes on, until it is ended; leaves no sleep behind that would hold our output open.
tick() {
  local nap=""
  [ -z "${LOCK:-}" ] || unlock
  [ -z "${TEST_LOCK:-}" ] || exec {TEST_LOCK}>&-
  trap '[ -z "$nap" ] || kill "$nap"; exit' TERM
  while true; do
    sleep 20 >/dev/null 2>&1 &
    nap=$!
    wait "$nap"
    say "  still at it, $((SECONDS - $1)) s"
  done
}

# Runs a command that may outlive this one without handing it our locks.
without_locks() (
  [ -z "${LOCK:-}" ] || exec {LOCK}>&-
  [ -z "${TEST_LOCK:-}" ] || exec {TEST_LOCK}>&-
  exec "$@"
)

# logged TITLE LOG COMMAND...: runs a long command with its output in LOG and a sign of life here every 20 s.
logged() {
  local title=$1 log=$2 started=$SECONDS status=0 ticker
  shift 2
  say "$title... (log: ${log#"$ROOT"/})"
  tick "$started" &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  { kill "$ticker" && wait "$ticker"; } 2>/dev/null || true
  [ "$status" -ne 0 ] || say "$title: done in $((SECONDS - started)) s"
  return "$status"
}
