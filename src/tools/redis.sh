# shellcheck shell=bash disable=SC2016
# A private Redis for this clone: own password, 127.0.0.1 only, nothing written to disk (PostgreSQL is the truth).

# Prints the path of a redis-server of version 7 or newer.
find_redis() {
  local file version
  for file in "$(command -v redis-server || true)" "${DIALER_LOOK_UNDER:-}"/usr/{,local/}bin/redis-server "$DATA/tools/root/usr/bin/redis-server"; do
    [ -x "$file" ] || continue
    version=$(LD_LIBRARY_PATH=$(unpacked_libraries) "$file" --version 2>/dev/null) || continue
    if [[ $version =~ v=([0-9]+)\. ]] && ((BASH_REMATCH[1] >= 7)); then printf '%s' "$file"; return; fi
  done
  return 1
}

# redis_answers PORT: a Redis there accepts our password. Bash speaks its protocol well enough to ask.
redis_answers() {
  local secret
  secret=$(cat "$SET_DIR/redis.password" 2>/dev/null) || return 1
  # The inner shell reads the secret from its input, so that no command line shows it.
  timeout 3 bash -c 'read -r secret; exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "AUTH %s\r\nPING\r\n" "$secret" >&3 && read -r a <&3 && read -r b <&3 && [[ $a == +OK* && $b == +PONG* ]]' \
    "$1" <<<"$secret" 2>/dev/null
}

redis_is_up() {
  recorded_pid "$RUN/redis.pid" >/dev/null && [ -s "$SET_DIR/redis.port" ] && redis_answers "$(<"$SET_DIR/redis.port")"
}

# ensure_redis: running and reachable afterwards; sets REDIS_PORT.
ensure_redis() {
  redis_is_up || start_redis "$(find_redis)"
  REDIS_PORT=$(<"$SET_DIR/redis.port")
}

start_redis() {
  local server=$1 folder=$STATE/redis port
  stop_redis || true # one that no longer answers
  [ -s "$SET_DIR/redis.password" ] || new_secret "$SET_DIR/redis.password"
  as_database_user mkdir -p -m 700 -- "$folder"
  for _ in 1 2 3; do
    port=$(free_port)
    redis_settings "$folder" "$port" | as_database_user sh -c 'umask 077; cat >"$0/redis.conf"; rm -f "$0/redis.pid"' "$folder"
    as_database_user "$server" "$folder/redis.conf" >"$DATA/log/redis-start.log" 2>&1 || continue
    for _ in {1..50}; do
      if redis_answers "$port"; then
        record redis "$(as_database_user cat "$folder/redis.pid")"
        printf '%s\n' "$port" >"$SET_DIR/redis.port"
        say "Redis is up on 127.0.0.1:$port"
        return
      fi
      sleep 0.1
    done
  done
  { cat "$DATA/log/redis-start.log"; as_database_user tail -5 "$folder/redis.log"; } >&2 || true
  die 'The private Redis did not start.' "its last words are above; everything is in $folder/redis.log." 'correct that, then run this again.'
}

# The password stands in a file of the server's user, never on a command line that others can list.
redis_settings() {
  printf '%s\n' 'bind 127.0.0.1' "port $2" 'protected-mode yes' "requirepass $(<"$SET_DIR/redis.password")" 'save ""' 'appendonly no' 'daemonize yes' 'databases 256' \
    "dir \"$1\"" "pidfile \"$1/redis.pid\"" "logfile \"$1/redis.log\""
}

stop_redis() {
  local pid
  pid=$(recorded_pid "$RUN/redis.pid") || { rm -f -- "$RUN/redis.pid"; return 1; }
  end_process "$pid" 10
  rm -f -- "$RUN/redis.pid"
}
