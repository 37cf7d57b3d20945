# shellcheck shell=bash disable=SC2154
# Private databases, on real servers: started once, kept to this machine and this clone, ended by `stop`.

test_databases_answer_with_their_password_only() {
  need_servers
  dialer databases
  equals "$STATUS" 0
  equals "$(sql 'select 1')" 1
  says "$(PGPASSWORD=wrong psql -h 127.0.0.1 -p "$(port postgres)" -U dialer -Atc 'select 1' dialer 2>&1 || true)" 'authentication failed'
  says "$(redis 'PING')" NOAUTH
  says "$(redis "AUTH $(<"$CLONE/.data/redis.password")"$'\r\nPING')" PONG
}

test_databases_listen_on_this_machine_only_and_not_as_root() {
  need_servers
  dialer databases
  local kind
  for kind in postgres redis; do
    equals "$(listeners "$(port $kind)")" 0100007F
    [ "$(stat -c %u "/proc/$(pid $kind)")" != 0 ]
  done
  equals "$(sql 'show unix_socket_directories')" ''
  equals "$(sql 'show fsync')" on
}

test_no_secret_is_on_a_command_line_or_in_a_file_of_others() {
  need_servers
  dialer databases
  local kind secret
  for kind in postgres redis; do
    secret=$(<"$CLONE/.data/$kind.password")
    equals "${#secret}" 36
    equals "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -cF -f "$CLONE/.data/$kind.password" || true)" 0
    equals "$(find "$CLONE/.data" -type f -perm /044 -exec grep -lF -f "$CLONE/.data/$kind.password" {} + || true)" ''
  done
}

test_a_second_run_uses_the_same_servers() {
  need_servers
  dialer databases
  local first=$OUT before
  before="$(pid postgres) $(pid redis)"
  dialer databases
  equals "$OUT" "$first"
  equals "$(pid postgres) $(pid redis)" "$before"
}

test_data_outlives_stop_and_start() {
  need_servers
  dialer databases && sql 'create table kept(x int)'
  local servers
  servers="$(pid postgres) $(pid redis)"
  dialer stop
  says "$ERR" 'Redis, PostgreSQL'
  for server in $servers; do is_gone "$server"; done
  dialer databases
  equals "$(sql 'select count(*) from kept')" 0
}

test_a_crash_of_both_is_healed_without_losing_a_commit() {
  need_servers
  dialer databases && sql 'create table kept(x int)'
  kill -9 "$(pid postgres)" "$(pid redis)"
  dialer databases
  equals "$STATUS" 0
  equals "$(sql 'select count(*) from kept')" 0
}

test_a_stale_lock_file_with_a_reused_number_is_no_obstacle() {
  need_servers
  dialer databases && dialer stop
  local cluster
  cluster=$(<"$CLONE/.data/state")/postgres
  sleep 60 &
  printf '%s\n%s\n1\n1\n\n127.0.0.1\n\n' $! "$cluster" >"$cluster/postmaster.pid"
  chown --reference="$cluster" "$cluster/postmaster.pid"
  dialer databases
  equals "$STATUS" 0
  kill %% # fails when the stranger was ended
}

test_a_server_that_lost_its_record_is_ended_before_another_starts() {
  need_servers
  dialer databases
  local old
  old=$(pid postgres)
  rm "$CLONE/.data/run/postgres.pid"
  dialer databases
  equals "$STATUS" 0
  is_gone "$old"
  equals "$(sql 'select 1')" 1
}

test_a_port_that_was_taken_meanwhile_is_left_to_its_owner() {
  need_servers
  dialer databases && dialer stop
  local taken
  taken=$(port postgres)
  listen "$taken" >/dev/null
  dialer databases
  equals "$STATUS" 0
  [ "$(port postgres)" != "$taken" ]
}

test_many_at_once_make_one_cluster() {
  need_servers
  local n
  for n in 1 2 3 4; do "$CLONE/dialer" databases >"$SANDBOX/many.$n" 2>&1 & done
  wait
  for n in 1 2 3 4; do equals "$(grep ^Conn "$SANDBOX/many.$n")" "$(grep ^Conn "$SANDBOX/many.1")"; done
  equals "$(cat "$SANDBOX"/many.* | grep -c 'making a private')" 1
}

test_a_clone_that_the_servers_user_cannot_enter_works() {
  need_servers
  [ "$(id -u)" = 0 ] || skip 'only root has such a clone'
  chmod 700 "$SANDBOX"
  dialer databases
  equals "$STATUS" 0
  says "$(<"$CLONE/.data/state")" /var/tmp/dialer-
  equals "$(sql 'select 1')" 1
  dialer stop --erase
  [ ! -e "/var/tmp/dialer-$(printf '%s' "$CLONE" | sha256sum | cut -c1-12)" ]
}

test_a_clone_made_again_in_the_same_place_finds_its_data() {
  need_servers
  [ "$(id -u)" = 0 ] || skip 'only root has data outside his clone'
  chmod 700 "$SANDBOX"
  dialer databases && sql 'create table kept(x int)'
  kill -9 "$(pid postgres)" "$(pid redis)"
  rm -rf -- "$CLONE/.data"
  dialer databases
  equals "$STATUS" 0
  says "$ERR" 'a new password'
  silent_about "$ERR" 'a fault of its own'
  equals "$(sql 'select count(*) from kept')" 0
}

test_an_ordinary_user_gets_servers_of_his_own() {
  need_servers
  [ "$(id -u)" = 0 ] || skip 'needs root to become the other user; the other tests here ran as an ordinary user'
  chown -R 65534:65534 "$SANDBOX" && chmod 755 "$SANDBOX"
  as_nobody databases
  equals "$(stat -c %u "/proc/$(pid postgres)") $(stat -c %u "/proc/$(pid redis)")" '65534 65534'
  equals "$(sql 'select 1')" 1
  dialer databases # root in a user's clone: the servers stay that user's
  equals "$STATUS" 0
  as_nobody stop
  equals "$(find "$CLONE/.data" -user root | wc -l)" 0
}

test_without_any_server_the_way_out_is_named() {
  hide_servers
  DIALER_NO_INSTALL=1 dialer databases
  equals "$STATUS" 1
  says "$ERR" 'PostgreSQL (15 or newer) is not here'
  says "$ERR" 'sudo apt-get install postgresql redis-server'
  says "$ERR" 'ConnectionStrings__Postgres'
}

test_an_older_server_is_not_taken() {
  hide_servers
  mkdir -p "$SANDBOX/nothing/usr/lib/postgresql/14/bin"
  local name
  for name in postgres initdb pg_ctl; do
    printf '#!/bin/sh\necho "postgres (PostgreSQL) 14.9"\n' >"$SANDBOX/nothing/usr/lib/postgresql/14/bin/$name" && chmod 755 "$SANDBOX/nothing/usr/lib/postgresql/14/bin/$name"
  done
  DIALER_NO_INSTALL=1 dialer databases
  equals "$STATUS" 1
  says "$ERR" 'PostgreSQL (15 or newer) is not here'
}

test_a_cluster_of_a_server_that_is_gone_is_explained() {
  need_servers
  dialer databases && dialer stop
  local cluster
  cluster=$(<"$CLONE/.data/state")/postgres
  echo 99 >"$cluster/PG_VERSION"
  dialer databases
  equals "$STATUS" 1
  says "$ERR" 'postgresql-99'
  says "$ERR" './dialer stop --erase'
}

test_a_running_database_is_offered_to_the_program() {
  need_servers
  dialer environment
  silent_about "$OUT" ConnectionStrings__Postgres
  dialer databases && dialer environment
  says "$OUT" "ConnectionStrings__Postgres=Host=127.0.0.1;Port=$(port postgres);"
  says "$OUT" "ConnectionStrings__Redis=127.0.0.1:$(port redis),password="
}

test_given_databases_are_used_and_none_is_started() {
  pretend_databases
  local given=$ConnectionStrings__Postgres
  dialer databases
  says "$OUT" "ConnectionStrings__Postgres=$given"
  [ ! -e "$CLONE/.data/postgres.port" ]
}

test_environment_form_can_be_evaluated() {
  need_servers
  dialer databases --env
  equals "$(eval "$OUT" && echo "$ConnectionStrings__Postgres" | grep -c 'Database=dialer')" 1
}

# Servers of this machine, or those that ./dialer unpacked for this repository.
need_servers() {
  local unpacked=$REPOSITORY/.data/tools libraries psql
  if [ -d "$unpacked/root" ]; then
    mkdir "$CLONE/.data" && ln -s "$unpacked" "$CLONE/.data/tools"
    libraries=$(find "$unpacked"/root/{usr/,}lib -maxdepth 1 -type d -name '*-linux-gnu*' | paste -sd:)
    psql=$(compgen -G "$unpacked/root/usr/lib/postgresql/*/bin/psql" | head -1)
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$libraries" "$psql" | stand_in psql
    return
  fi
  { compgen -G '/usr/lib/postgresql/*/bin/postgres' || command -v postgres; } >/dev/null || skip 'PostgreSQL is not installed on this machine; its databases come from elsewhere'
  command -v redis-server >/dev/null || skip 'Redis is not installed on this machine; its databases come from elsewhere'
  command -v psql >/dev/null || skip 'psql is not installed'
}
# No such process, or a dead one that nobody has collected yet.
is_gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
pid() { cut -d' ' -f1 "$CLONE/.data/run/$1.pid"; }
port() { cat "$CLONE/.data/$1.port"; }
sql() { PGPASSWORD=$(<"$CLONE/.data/postgres.password") psql -h 127.0.0.1 -p "$(port postgres)" -U dialer -v ON_ERROR_STOP=1 -Atqc "$1" dialer; }
# What a Redis answers to raw lines.
redis() { (exec 3<>"/dev/tcp/127.0.0.1/$(port redis)" && printf '%s\r\nQUIT\r\n' "$1" >&3 && timeout 5 cat <&3 | tr -d '\r'); }
# The local addresses, in the kernel's hexadecimal, on which something listens at a port.
listeners() { cat /proc/net/tcp /proc/net/tcp6 | awk -v port="$(printf '%04X' "$1")" '$4 == "0A" { split($2, at, ":"); if (at[2] == port) print at[1] }'; }
as_nobody() { (cd / && setpriv --reuid=65534 --regid=65534 --clear-groups "$CLONE/dialer" "$@"); }
