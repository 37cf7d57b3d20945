# shellcheck shell=bash
# PostgreSQL and Redis for a command: those that the environment names; else private ones of this clone.
# Two sets never meet: "" keeps the data of demo and serve, "test" is thrown away and trades safety for speed.

SET='' SET_DIR='' RUN='' STATE='' DB_USER=''

# use_set NAME: names the folders of a set. Nothing is made yet.
use_set() {
  SET=$1
  SET_DIR=$DATA${SET:+/$SET}
  RUN=$SET_DIR/run
}

# prepare_set: makes the folders, picks the user that servers run as and a place that this user can enter.
prepare_set() {
  prepare_data
  (umask 077 && mkdir -p -- "$SET_DIR" "$RUN")
  DB_USER=
  if [ "$(id -u)" = 0 ]; then DB_USER=$(database_user); fi
  STATE=$(cat "$SET_DIR/state" 2>/dev/null || true)
  [ -n "$STATE" ] || choose_state
  [ -d "$STATE" ] || mkdir -m 700 -- "$STATE"
  [ -z "$DB_USER" ] || chown -- "$DB_USER" "$STATE"
}

# PostgreSQL refuses to run as root, and Redis need not. Under sudo in a user's clone the servers stay that user's.
database_user() {
  local name
  name=$(stat -c %U -- "$DATA")
  if [ "$name" != root ] && id "$name" >/dev/null 2>&1; then printf '%s' "$name"; return; fi
  for name in postgres dialer-db; do
    if id "$name" >/dev/null 2>&1; then printf '%s' "$name"; return; fi
  done
  useradd --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin dialer-db 2>/dev/null ||
    die 'PostgreSQL may not run as root, and no other user could be made for it.' 'useradd failed, and there is no user "postgres".' 'run ./dialer as an ordinary user, or name databases in ConnectionStrings__Postgres and ConnectionStrings__Redis.'
  printf 'dialer-db'
}

# The clone's own .data when the servers' user can enter it (a clone under /root cannot be entered), else a folder in
# /var/tmp that nobody else may have made before us.
choose_state() {
  STATE=$SET_DIR
  if [ -n "$DB_USER" ] && [ "$(stat -c %U -- "$DATA")" != "$DB_USER" ]; then STATE=$SET_DIR/servers; fi
  if [ "$STATE" != "$SET_DIR" ] && ! { mkdir -p -- "$STATE" && chmod 711 -- "$DATA" "$SET_DIR" "$STATE" && as_database_user test -x "$STATE"; }; then
    rmdir -- "$STATE" 2>/dev/null || true
    STATE=/var/tmp/dialer-$(clone_id)${SET:+-$SET}
    if [ -e "$STATE" ] || [ -L "$STATE" ]; then
      { [ ! -L "$STATE" ] && [ "$(stat -c %U -- "$STATE")" = "$DB_USER" ]; } ||
        die "The folder $STATE belongs to somebody else." 'the databases of this clone need it, because their user cannot enter the clone.' "remove it if it is not needed, or move the clone to a folder that others may enter."
    fi
  fi
  printf '%s\n' "$STATE" >"$SET_DIR/state"
}

# Runs a command as the servers' user, from a folder it can be in, with nothing of our environment or locks.
as_database_user() (
  [ -z "${LOCK:-}" ] || exec {LOCK}>&-
  [ -z "${TEST_LOCK:-}" ] || exec {TEST_LOCK}>&-
  cd / || exit 1
  local -a clean=(env -i "PATH=$PATH:/usr/sbin:/sbin" LC_ALL=C)
  case $1 in "$DATA"/tools/*) clean+=("LD_LIBRARY_PATH=$(unpacked_libraries)") ;; esac
  if [ -z "$DB_USER" ]; then exec "${clean[@]}" "$@"; fi
  exec setpriv --reuid="$DB_USER" --regid="$(id -g "$DB_USER")" --clear-groups "${clean[@]}" "$@"
)

# new_secret FILE: 144 random bits that only the owner may read.
new_secret() { (umask 077 && od -An -N18 -tx1 /dev/urandom | tr -d ' \n' >"$1"); }

# ensure_databases SET: both answer afterwards, and ConnectionStrings__* are exported.
ensure_databases() {
  use_set "$1"
  check_given_strings
  if [ -n "${ConnectionStrings__Postgres:-}" ] && [ -n "${ConnectionStrings__Redis:-}" ]; then return; fi
  lock services
  prepare_set
  if [ -z "${ConnectionStrings__Postgres:-}" ]; then provide postgres PostgreSQL postgresql; fi
  if [ -z "${ConnectionStrings__Redis:-}" ]; then provide redis Redis redis-server; fi
  export_strings
  unlock
}

# provide KIND TITLE PACKAGE: local binaries, else a package, else an unpacked package, else a container, else the truth.
provide() {
  local kind=$1
  if [ -e "$SET_DIR/$kind.in-container" ]; then : # its data is there
  elif "find_$kind" >/dev/null; then "ensure_$kind"; return
  elif may_install && install_packages "$3" && "find_$kind" >/dev/null; then prepare_set; "ensure_$kind"; return
  elif [ "$(id -u)" != 0 ] && ! has_docker && unpack_packages "$3" && "find_$kind" >/dev/null; then "ensure_$kind"; return
  fi
  has_docker ||
    die "$2 ($([ "$kind" = postgres ] && echo 15 || echo 7) or newer) is not here and could not be put here." \
      'no local server was found, apt-get could not bring one, and no Docker engine answers.' \
      'install it (Debian, Ubuntu: sudo apt-get install postgresql redis-server), or name running servers in ConnectionStrings__Postgres and ConnectionStrings__Redis.'
  "ensure_${kind}_container"
  : >"$SET_DIR/$kind.in-container"
}

# export_strings: what .NET's own configuration reads. Only for those that the environment did not name.
export_strings() {
  : "${ConnectionStrings__Postgres:=Host=127.0.0.1;Port=${PG_PORT:-};Username=dialer;Password=$(cat "$SET_DIR/postgres.password" 2>/dev/null);Database=dialer}"
  : "${ConnectionStrings__Redis:=127.0.0.1:${REDIS_PORT:-},password=$(cat "$SET_DIR/redis.password" 2>/dev/null)}"
  export ConnectionStrings__Postgres ConnectionStrings__Redis
}

# adopt_running_databases: for commands that use databases which demo or serve left running, without starting any.
adopt_running_databases() {
  use_set ''
  if [ -n "${ConnectionStrings__Postgres:-}" ] || [ -n "${ConnectionStrings__Redis:-}" ]; then return; fi
  if PG_PORT=$(running_port postgres 5432) && REDIS_PORT=$(running_port redis 6379); then export_strings; fi
}

# running_port KIND CONTAINER-PORT: where a server of this set listens, when it runs.
running_port() {
  if [ -e "$SET_DIR/$1.in-container" ]; then container_port "$1" "$2" | grep .; else recorded_pid "$RUN/$1.pid" >/dev/null && cat "$SET_DIR/$1.port"; fi
}

# check_given_strings: the two mistakes people make, told before anything is built: another library's form, and nobody there.
check_given_strings() {
  local text=${ConnectionStrings__Postgres:-} host port
  if [ -n "$text" ]; then
    [[ $text == *=* && ! $text =~ ^postgres(ql)?:// ]] ||
      die 'ConnectionStrings__Postgres is not in the form that .NET reads.' 'it must be key=value pairs, not a URL.' "write it as Host=db.example;Port=5432;Username=dialer;Password=...;Database=dialer"
    host=$(string_value "$text" 'host|server') port=$(string_value "$text" port)
    must_answer PostgreSQL ConnectionStrings__Postgres "${host:-localhost}" "${port:-5432}"
  fi
  text=${ConnectionStrings__Redis:-}
  if [ -n "$text" ]; then
    [[ ! $text =~ ^rediss?:// ]] ||
      die 'ConnectionStrings__Redis is not in the form that .NET reads.' 'it must start with host:port, not with redis://.' 'write it as cache.example:6379,password=...,ssl=true'
    host=${text%%,*}
    [[ $host == *:* ]] && port=${host##*:} || port=6379
    must_answer Redis ConnectionStrings__Redis "${host%:*}" "$port"
  fi
}

# string_value TEXT NAMES: the value of a key in a connection string; names are matched as .NET does, in any case.
string_value() { tr ';' '\n' <<<"$1" | sed -nE "s/^[[:space:]]*($2)[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*\$/\2/Ip" | head -1; }

must_answer() {
  case $3 in /* | *,*) return ;; esac # a socket folder or several hosts: the program itself will tell
  tcp_open "$3" "$4" || die "$1 does not answer at $3, port $4." "$2 in the environment names it, and no connection was accepted within 3 s." "start it, correct $2, or unset $2 to use a private one."
}

# stop_set: ends the servers of a set; prints what was ended.
stop_set() {
  use_set "$1"
  [ -d "$SET_DIR" ] || return 0
  prepare_set
  if stop_redis; then echo "Redis${SET:+ ($SET)}"; fi
  if stop_postgres; then echo "PostgreSQL${SET:+ ($SET)}"; fi
}

# erase_set: after stop_set, removes what the servers kept.
erase_set() {
  use_set "$1"
  [ -d "$SET_DIR" ] || return 0
  prepare_set
  as_database_user rm -rf -- "$STATE/postgres" "$STATE/postgres.new" "$STATE/redis" "$STATE/postgres.log"
  rmdir -- "$STATE" 2>/dev/null || true
  rm -f -- "$SET_DIR"/{postgres,redis}.{port,password,env,in-container} "$SET_DIR/state"
}
