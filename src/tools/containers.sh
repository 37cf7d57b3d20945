# shellcheck shell=bash
# The last way to a database: containers of the Docker engine, published on 127.0.0.1 only.

has_docker() { [ -z "${DIALER_NO_DOCKER:-}" ] && command -v docker >/dev/null && docker info >/dev/null 2>&1; }

container_name() { printf 'dialer-%s-%s%s' "$(clone_id)" "$1" "${SET:+-$SET}"; }

# The published port of a container that runs.
container_port() { docker port "$(container_name "$1")" "$2/tcp" 2>/dev/null | sed -n 's/^127\.0\.0\.1://p' | head -1; }

# container_ready NAME SECONDS TEST...: waits until TEST succeeds inside the container.
container_ready() {
  local name=$1 deadline=$((SECONDS + $2))
  shift 2
  until docker exec "$name" "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)) || [ "$(docker inspect -f '{{.State.Running}}' "$name" 2>/dev/null)" != true ]; then
      docker logs --tail 5 "$name" >&2 2>&1 || true
      die "The container $name did not become ready." 'its last words are above.' "see docker logs $name; ./dialer stop --erase starts afresh."
    fi
    sleep 0.3
  done
}

# run_container KIND TITLE RUN-ARGUMENTS...: starts the container that is there, or a new one. Secrets travel in a file, not on a command line.
run_container() {
  local name log=$DATA/log/docker.log
  name=$(container_name "$1")
  docker start "$name" >"$log" 2>&1 && return
  say "starting $2 in a container"
  shift 2
  docker run -d --name "$name" --label "dialer.clone=$(clone_id)" "$@" >"$log" 2>&1 ||
    { tail -3 "$log" >&2; die "Docker could not start $name." 'its words are above.' 'correct that (images are fetched from the public registry), then run this again.'; }
}

ensure_postgres_container() {
  local secrets=$SET_DIR/postgres.env name
  local -a fast=()
  name=$(container_name postgres)
  [ -s "$SET_DIR/postgres.password" ] || new_secret "$SET_DIR/postgres.password"
  (umask 077 && printf 'POSTGRES_USER=dialer\nPOSTGRES_DB=dialer\nPOSTGRES_PASSWORD=%s\n' "$(<"$SET_DIR/postgres.password")" >"$secrets")
  [ "$SET" != test ] || fast=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
  run_container postgres PostgreSQL --env-file "$secrets" -p 127.0.0.1::5432 -v "$name:/var/lib/postgresql/data" postgres:17 -c max_connections=600 "${fast[@]}"
  container_ready "$name" 120 pg_isready -q -h 127.0.0.1 -U dialer
  PG_PORT=$(container_port postgres 5432)
}

ensure_redis_container() {
  local secrets=$SET_DIR/redis.env name
  name=$(container_name redis)
  [ -s "$SET_DIR/redis.password" ] || new_secret "$SET_DIR/redis.password"
  (umask 077 && printf 'REDIS_PASSWORD=%s\n' "$(<"$SET_DIR/redis.password")" >"$secrets")
  # shellcheck disable=SC2016 # expanded inside the container
  run_container redis Redis --env-file "$secrets" -p 127.0.0.1::6379 --user 999:999 --tmpfs /tmp --entrypoint sh redis:7 \
    -c 'umask 077; printf "requirepass %s\nsave \"\"\nappendonly no\ndatabases 256\ndir /tmp\n" "$REDIS_PASSWORD" >/tmp/redis.conf; exec redis-server /tmp/redis.conf'
  # shellcheck disable=SC2016
  container_ready "$name" 60 sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli ping | grep -q PONG'
  REDIS_PORT=$(container_port redis 6379)
}

# stop_containers [erase] [NAME-PATTERN]: stops this clone's containers; with "erase" removes them and the volumes of the same
# names. Fails when there were none.
stop_containers() {
  local name
  local -a names=()
  has_docker || return 1
  mapfile -t names < <(docker ps ${1:+-a} --format '{{.Names}}' --filter "label=dialer.clone=$(clone_id)" --filter "name=${2:-.}")
  ((${#names[@]})) || return 1
  docker stop -t 30 "${names[@]}" >/dev/null
  [ -n "${1:-}" ] || return 0
  docker rm -v "${names[@]}" >/dev/null
  for name in "${names[@]}"; do docker volume rm "$name" >/dev/null 2>&1 || true; done # Redis has none
}
