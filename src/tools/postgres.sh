# shellcheck shell=bash disable=SC2016
# A private PostgreSQL for this clone: own cluster, own password, 127.0.0.1 only, never root.
# SET_DIR holds what we keep (records, password), STATE what the server itself must be able to enter.

# Prints the folder of a server of version 15 or newer; of exactly version $1 when given.
find_postgres() {
  local folder major
  local -a folders
  mapfile -t folders < <(postgres_folders)
  for folder in "${folders[@]}"; do
    if [ ! -x "$folder/postgres" ] || [ ! -x "$folder/initdb" ] || [ ! -x "$folder/pg_ctl" ]; then continue; fi
    major=$(postgres_major "$folder") || continue
    if [ -n "${1:-}" ]; then [ "$major" = "$1" ] || continue; else ((major >= 15)) || continue; fi
    printf '%s' "$folder"
    return
  done
  return 1
}

# Where packages put servers, newest first, then what PATH finds.
postgres_folders() {
  local place
  for place in "${DIALER_LOOK_UNDER:-}"/usr/{lib/postgresql,pgsql,local/pgsql} "$DATA/tools/root/usr/lib/postgresql"; do
    compgen -G "$place*/*/bin" | sort -rV || true
    compgen -G "$place*/bin" | sort -rV || true
  done
  place=$(command -v postgres) && dirname -- "$(readlink -f -- "$place")"
  return 0
}

postgres_major() {
  local version
  version=$(LD_LIBRARY_PATH=$(unpacked_libraries) "$1/postgres" --version 2>/dev/null) || return 1
  [[ $version =~ \(PostgreSQL\)\ ([0-9]+) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

postgres_is_up() {
  local pid
  pid=$(recorded_pid "$RUN/postgres.pid") && [ -s "$SET_DIR/postgres.port" ] && tcp_open 127.0.0.1 "$(<"$SET_DIR/postgres.port")" && [ -n "$pid" ]
}

# ensure_postgres: running and reachable afterwards; sets PG_PORT.
ensure_postgres() {
  local cluster=$STATE/postgres bin
  if ! postgres_is_up || [ ! -s "$SET_DIR/postgres.password" ]; then
    bin=$(postgres_for "$cluster")
    end_leftover_postgres "$cluster"
    [ -s "$cluster/PG_VERSION" ] || create_cluster "$bin" "$cluster"
    [ -s "$SET_DIR/postgres.password" ] || renew_password "$bin" "$cluster"
    start_postgres "$bin" "$cluster"
  fi
  PG_PORT=$(<"$SET_DIR/postgres.port")
}

# The server that made a cluster is the only one that can open it.
postgres_for() {
  local made
  made=$(cat "$1/PG_VERSION" 2>/dev/null || as_database_user cat "$1/PG_VERSION" 2>/dev/null || true)
  find_postgres "$made" ||
    die "The private database was made by PostgreSQL $made, which is not here any more." "a cluster can only be opened by the major version that made it." \
      "install postgresql-$made, or start with an empty database: ./dialer stop --erase"
}

create_cluster() {
  local bin=$1 cluster=$2 log=$DATA/log/postgres-create.log secret=$STATE/initdb.secret
  local -a unsafe=()
  [ "$SET" != test ] || unsafe=(--no-sync)
  say 'making a private PostgreSQL cluster'
  as_database_user rm -rf -- "$cluster.new" "$cluster" "$secret"
  new_secret "$SET_DIR/postgres.password"
  as_database_user sh -c 'umask 077; cat >"$0"' "$secret" <"$SET_DIR/postgres.password"
  as_database_user "$bin/initdb" -D "$cluster.new" -U dialer --pwfile="$secret" -A scram-sha-256 --no-locale -E UTF8 --data-checksums "${unsafe[@]}" >"$log" 2>&1 ||
    { tail -5 "$log" >&2; die 'The private PostgreSQL cluster could not be made.' "initdb's words are above; everything is in $log." "correct that (a full disk is the usual one: df -h \"$STATE\"), then run this again."; }
  as_database_user rm -f -- "$secret"
  postgres_settings | as_database_user sh -c 'cat >>"$0/postgresql.conf"; echo "host all all 127.0.0.1/32 scram-sha-256" >"$0/pg_hba.conf"' "$cluster.new"
  echo 'create database dialer' | as_database_user "$bin/postgres" --single -D "$cluster.new" postgres >>"$log" 2>&1 ||
    die 'The database "dialer" could not be made.' "see $log." "run this again; if it stays, ./dialer stop --erase"
  as_database_user mv -- "$cluster.new" "$cluster" # only a whole cluster bears the name
}

# A clone that was deleted by hand and made again in the same place finds its data, which lie outside it, but no longer
# the password. Whoever owns the files of a cluster may set another.
renew_password() {
  local bin=$1 cluster=$2 log=$DATA/log/postgres-password.log
  say 'this folder had a database before; giving its owner a new password'
  new_secret "$SET_DIR/postgres.password"
  printf "alter role dialer password '%s'\n" "$(<"$SET_DIR/postgres.password")" | as_database_user "$bin/postgres" --single -D "$cluster" postgres >"$log" 2>&1 || {
    rm -f -- "$SET_DIR/postgres.password"
    die 'The private database was made for a clone that is gone, and its password could not be renewed.' "see $log." 'run this again, or start with an empty database: ./dialer stop --erase'
  }
}

postgres_settings() {
  printf '%s\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" 'max_connections = 600' "shared_buffers = '256MB'" "max_wal_size = '2GB'" "logging_collector = off" "timezone = 'GMT'" "log_timezone = 'GMT'"
  # A throw-away cluster may lose everything with the power; the one that keeps data keeps fsync on.
  [ "$SET" != test ] || printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'autovacuum_naptime = 10min'
}

start_postgres() {
  local bin=$1 cluster=$2 port pid
  for _ in 1 2 3; do
    port=$(free_port)
    if as_database_user "$bin/pg_ctl" start -D "$cluster" -l "$STATE/postgres.log" -w -t 90 -o "-p $port" >"$DATA/log/postgres-start.log" 2>&1; then
      pid=$(as_database_user head -1 "$cluster/postmaster.pid")
      record postgres "$pid"
      printf '%s\n' "$port" >"$SET_DIR/postgres.port"
      say "PostgreSQL $(postgres_major "$bin") is up on 127.0.0.1:$port"
      return
    fi
  done
  as_database_user tail -5 "$STATE/postgres.log" >&2 || true
  die 'The private PostgreSQL did not start.' "its last words are above; everything is in $STATE/postgres.log." "correct that, or start with an empty database: ./dialer stop --erase"
}

# After a crash: a server of ours without a record is ended in order, orphaned backends are waited for, and only a lock
# file that no living process stands behind is removed (PostgreSQL refuses to start when its number was reused).
end_leftover_postgres() {
  local cluster=$1 pid deadline=$((SECONDS + 30))
  as_database_user test -e "$cluster/postmaster.pid" || return 0
  pid=$(as_database_user head -1 "$cluster/postmaster.pid") || return 0
  if is_postmaster_of "$pid" "$cluster"; then end_postmaster "$pid"; fi
  while [ -n "$(backends_of "$cluster")" ]; do
    ((SECONDS < deadline)) || die 'Processes of a crashed PostgreSQL still hold its files.' "$(backends_of "$cluster" | paste -sd' ') did not end within 30 s." 'end them (kill -QUIT), then run this again.'
    sleep 0.2
  done
  as_database_user rm -f -- "$cluster/postmaster.pid"
}

is_postmaster_of() {
  [[ $1 =~ ^[0-9]+$ ]] && start_time "$1" >/dev/null && tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | grep -qxF -- "$2"
}

# Every process of a cluster has the cluster as its working folder; only the same user may look.
backends_of() {
  as_database_user sh -c 'for p in /proc/[0-9]*; do [ "$(readlink "$p/cwd" 2>/dev/null)" = "$0" ] && echo "${p#/proc/}"; done; true' "$1"
}

# SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything is written.
end_postmaster() {
  local started
  started=$(start_time "$1") || return 0
  kill -INT "$1" 2>/dev/null || true
  for _ in {1..300}; do
    [ "$(start_time "$1" || true)" = "$started" ] || return 0
    sleep 0.1
  done
  kill -QUIT "$1" 2>/dev/null || true
  end_process "$1" 10
}

stop_postgres() {
  local pid
  pid=$(recorded_pid "$RUN/postgres.pid") || { rm -f -- "$RUN/postgres.pid"; return 1; }
  end_postmaster "$pid"
  rm -f -- "$RUN/postgres.pid"
}
