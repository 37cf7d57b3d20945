# shellcheck shell=bash disable=SC2016
# Which processes are ours. A pid alone proves nothing (numbers are reused), so a record also holds the process's
# start time and the machine's boot id; nothing that does not match all three is ever signalled.

# Kernel ticks since boot at which PID started; fails when it is gone or a zombie.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) } # the command name before it may hold spaces and brackets
  local -a field
  read -ra field <<<"$stat"
  [ "${field[0]}" != Z ] && printf '%s' "${field[19]}"
}

boot_id() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown; }

# record NAME PID: PID's line in $RUN/NAME.pid.
record() {
  local started
  started=$(start_time "$2") || return 1
  printf '%s %s %s\n' "$2" "$started" "$(boot_id)" >"$RUN/$1.pid"
}

# Prints the pid in a record when that very process still runs.
recorded_pid() {
  local pid started boot
  read -r pid started boot 2>/dev/null <"$1" || return 1
  [[ $pid =~ ^[0-9]+$ ]] && [ "$boot" = "$(boot_id)" ] && [ "$(start_time "$pid")" = "$started" ] && printf '%s' "$pid"
}

# end_process PID SECONDS: asks, waits, and only then forces.
end_process() {
  local pid=$1 started deadline=$((SECONDS + $2))
  started=$(start_time "$pid") || return 0
  kill -TERM "$pid" 2>/dev/null || return 0
  while [ "$(start_time "$pid" || true)" = "$started" ]; do
    if ((SECONDS >= deadline)); then
      say "process $pid did not end when asked; ending it by force"
      kill -KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 10))
    fi
    sleep 0.1
  done
}

# The mark that every program we start carries in its environment, so that `stop` also finds what lost its record.
clone_id() { printf '%s' "$ROOT" | sha256sum | cut -c1-12; }

# Pids of living processes of this user that carry this clone's mark, without ourselves and our ancestors.
marked_pids() {
  local mark file pid own=" " above=$$
  mark="DIALER_CLONE=$(clone_id)"
  while [ "$above" -gt 1 ]; do
    own+="$above "
    above=$(sed -n 's/^PPid:\t//p' "/proc/$above/status" 2>/dev/null) || break
    above=${above:-0}
  done
  for file in /proc/[0-9]*/environ; do
    pid=${file#/proc/} && pid=${pid%/environ}
    [[ $own != *" $pid "* && $pid != "$BASHPID" ]] || continue
    grep -qzxF -- "$mark" "$file" 2>/dev/null && start_time "$pid" >/dev/null && printf '%s\n' "$pid"
  done
  return 0
}

# tcp_open HOST PORT: somebody accepts connections there.
tcp_open() { timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null; }

# A port nobody listens on, below the range that the kernel hands to outgoing connections.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    tcp_open 127.0.0.1 "$port" || { printf '%s' "$port"; return; }
  done
  die "No free port was found on 127.0.0.1." "50 ports between 20000 and 32000 were all in use." "end programs that listen there."
}
