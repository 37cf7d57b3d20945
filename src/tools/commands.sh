# shellcheck shell=bash
# The commands of the entrance itself. Everything else is the program's.

command_help() {
  cat <<'TEXT'
Dialer: a telephony service for collections contact centres.

  ./dialer demo [--accounts N --agents N --speed X --at INSTANT --for DURATION --seed N --port P --headless --json]
                        a collections campaign on a simulated phone network; brings its own databases
  ./dialer test [FILTER]  every test, with real databases; FILTER is part of a test's name, or one of: dotnet web e2e ops
  ./dialer serve [--private-databases]
                        the service on the databases and the Twilio account that the environment names
  ./dialer stop [--erase]  ends everything that this clone started; --erase also removes its databases
  ./dialer databases [--env | --test]  starts the private databases and says where they are (--env: as shell commands)

Every other command goes to the program: migrate, import, export, doctor, network, simulate, templates, compliance, pacing, audit, ...
TEXT
  if [ -f "$HOST_DLL" ]; then
    find_dotnet
    without_locks "$DOTNET" "$HOST_DLL" --help
  fi
}

# become_program COMMAND ARGUMENTS...: this process turns into the program, so signals and the exit code are its own.
become_program() {
  use_set ''
  prepare_data
  local file
  for file in "$RUN"/host-*.pid; do [ ! -e "$file" ] || recorded_pid "$file" >/dev/null || rm -f -- "$file"; done
  record "host-$1-$$" $$
  export DIALER_CLONE
  DIALER_CLONE=$(clone_id)
  [ -z "${LOCK:-}" ] || unlock
  exec "$DOTNET" "$HOST_DLL" "$@"
}

prepare_program() {
  prepare_data
  find_dotnet
  lock build
  [ "${1:-}" != web ] || build_web
  build_server host
  unlock
}

command_demo() {
  refuse_real_twilio
  refuse_a_second_demo
  ensure_databases ''
  prepare_program web
  case " $* " in *' --folder'*) ;; *) set -- "$@" --folder "$DATA/demo" ;; esac
  become_program demo "$@"
}

# Anything of Twilio's in the environment ends the demo, unless it is pointed at this machine. .NET reads names in any
# case, with ':' for '__', and with the prefix of its web host.
refuse_real_twilio() {
  local entry name key base=''
  local -a real=()
  while IFS= read -r -d '' entry; do
    name=${entry%%=*}
    key=${name,,} key=${key//:/__} key=${key#aspnetcore_} key=${key#dotnet_}
    case $key in
      twilio__baseurl) base=${entry#*=} ;;
      twilio__*) [ -z "${entry#*=}" ] || real+=("$name") ;;
    esac
  done < <(env -0)
  [[ ! $base =~ ^https?://(127\.[0-9.]+|localhost|\[::1\])([:/]|$) ]] || return 0
  [ -z "$base" ] || real+=(Twilio__BaseUrl)
  ((${#real[@]} == 0)) ||
    die "The demo does not run with Twilio's credentials in the environment." "it found ${real[*]}; a demo must not be able to ring a real phone." \
      "take them away for this command: env$(printf ' -u %s' "${real[@]}") ./dialer demo"
}

refuse_a_second_demo() {
  local file pid
  for file in "$DATA"/run/host-demo-*.pid; do
    pid=$(recorded_pid "$file") || continue
    die "A demo of this clone is running already (process $pid)." 'two of them would dial from one set of databases.' 'end it with ./dialer stop, or use another clone.'
  done
}

command_serve() {
  local argument private=''
  local -a rest=()
  for argument in "$@"; do
    if [ "$argument" = --private-databases ]; then private=1; else rest+=("$argument"); fi
  done
  if [ -z "$private" ] && { [ -z "${ConnectionStrings__Postgres:-}" ] || [ -z "${ConnectionStrings__Redis:-}" ]; }; then
    die 'serve needs to know its databases.' 'ConnectionStrings__Postgres and ConnectionStrings__Redis are not both set, and a service that people work on should not live in a clone by accident.' \
      'set both, or say ./dialer serve --private-databases to keep the data in this clone.'
  fi
  ensure_databases ''
  prepare_program web
  become_program serve "${rest[@]}"
}

# What the program does by itself: no databases are started for it, but those of this clone that run are offered to it.
command_program() {
  prepare_program
  adopt_running_databases
  become_program "$@"
}

command_databases() {
  local set=''
  [ "${1:-}" != --test ] || { set='test'; shift; }
  ensure_databases "$set"
  case ${1:-} in
    --env) printf 'export ConnectionStrings__Postgres=%q\nexport ConnectionStrings__Redis=%q\n' "$ConnectionStrings__Postgres" "$ConnectionStrings__Redis" ;;
    '') printf 'ConnectionStrings__Postgres=%s\nConnectionStrings__Redis=%s\n' "$ConnectionStrings__Postgres" "$ConnectionStrings__Redis" ;;
    *) die "databases does not know \"$1\"." '' 'see ./dialer help' ;;
  esac
}

command_stop() {
  local file pid name erase=''
  local -a ended=()
  case ${1:-} in '') ;; --erase) erase=1 ;; *) die "stop does not know \"$1\"." '' 'see ./dialer help' ;; esac
  [ -d "$DATA" ] || { say 'nothing of this clone is running'; return; }
  for file in "$DATA"/run/*.pid; do
    case $file in */postgres.pid | */redis.pid | */test.pid) continue ;; esac
    if pid=$(recorded_pid "$file"); then
      name=${file##*/}
      ended+=("${name%.pid}")
      end_process "$pid" 30
    fi
    rm -f -- "$file"
  done
  # A test run waits for its suite before it hears a signal, so it is told first and its suite is ended next.
  local run
  if run=$(recorded_pid "$DATA/run/test.pid"); then ended+=(test) && kill -TERM "$run"; fi
  for pid in $(marked_pids); do
    ended+=("process $pid ($(cat "/proc/$pid/comm" 2>/dev/null || echo gone))")
    end_process "$pid" 10
  done
  if [ -n "$run" ]; then end_process "$run" 30; fi
  lock services
  mapfile -t -O "${#ended[@]}" ended < <(stop_set '' && stop_set test)
  if stop_containers "$erase"; then ended+=(containers); fi
  if [ -n "$erase" ]; then erase_set '' && erase_set test && ended+=('and erased the databases'); fi
  unlock
  if ((${#ended[@]})); then say "ended: $(printf '%s, ' "${ended[@]}" | sed 's/, $//')"; else say 'nothing of this clone is running'; fi
}
