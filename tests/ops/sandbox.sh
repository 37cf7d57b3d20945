# shellcheck shell=bash disable=SC2016,SC2034
# A clone to try the entrance in: the real ./dialer and its real tools, with stand-ins for .NET, npm and the program,
# in a folder whose path has spaces. OUT and ERR hold what the last `dialer` said, STATUS its exit code.

make_sandbox() {
  SANDBOX=$(mktemp -d /tmp/dialer-ops.XXXXXX)
  chmod 711 "$SANDBOX"
  CLONE="$SANDBOX/a clone with spaces"
  mkdir -p "$CLONE/src/Dialer.Host" "$CLONE/tests/Some.Tests" "$SANDBOX/bin" "$SANDBOX/nothing" "$SANDBOX/home"
  cp -r "$REPOSITORY/dialer" "$CLONE/" && cp -r "$REPOSITORY/src/tools" "$CLONE/src/"
  echo 'class Program;' >"$CLONE/src/Dialer.Host/Program.cs"
  touch "$CLONE/Dialer.sln" "$CLONE/global.json"
  stand_in dotnet <"$HERE/stand-ins/dotnet"
  stand_in npm <"$HERE/stand-ins/npm"
  export PATH="$SANDBOX/bin:$PATH" STAND_IN_LOG="$SANDBOX/calls" HOME="$SANDBOX/home"
  unset DIALER_DATA DIALER_CLONE DIALER_HOST_DLL ConnectionStrings__Postgres ConnectionStrings__Redis CI
  : >"$STAND_IN_LOG"
}

remove_sandbox() {
  local status=$?
  if [ -d "$CLONE/.data" ]; then (cd / && "$CLONE/dialer" stop --erase) >/dev/null 2>&1 || status=1; fi
  rm -rf -- "$SANDBOX"
  exit "$status"
}

stand_in() { cat >"$SANDBOX/bin/$1" && chmod 755 "$SANDBOX/bin/$1"; }

# dialer ARGUMENTS...: runs the clone's entrance; never fails by itself.
dialer() {
  STATUS=0
  "$CLONE/dialer" "$@" >"$SANDBOX/out" 2>"$SANDBOX/err" || STATUS=$?
  OUT=$(<"$SANDBOX/out") ERR=$(<"$SANDBOX/err")
}

# Hides this machine's servers, engines and package tools, so that only what a test puts back is there.
hide_servers() {
  mkdir -p "$SANDBOX/few"
  cp -s /usr/bin/* /bin/* "$SANDBOX/few/" 2>/dev/null || true
  rm -f "$SANDBOX"/few/{dotnet,node,npm,postgres,psql,redis-server,docker,apt-get,sudo}
  ln -sf "$(command -v node)" "$SANDBOX/few/node"
  export PATH="$SANDBOX/bin:$SANDBOX/few" DIALER_LOOK_UNDER="$SANDBOX/nothing"
}

# Runs the rest of a test's entrance calls on databases that answer nothing but a connection: fast, when they do not matter.
pretend_databases() {
  local port
  port=$(listen 0)
  export ConnectionStrings__Postgres="Host=127.0.0.1;Port=$port;Username=u;Database=d" ConnectionStrings__Redis="127.0.0.1:$port"
}

# listen PORT: somebody accepts connections there (0: on a free one) until the sandbox goes; prints the port.
listen() {
  node -e 'const s = require("net").createServer().listen(+process.argv[1], "127.0.0.1", () => console.log(s.address().port)); require("fs").watch(process.argv[2], () => require("fs").existsSync(process.argv[2] + "/bin") || process.exit())' \
    "$1" "$SANDBOX" >"$SANDBOX/listening.$1" 2>/dev/null 3>&- &
  until [ -s "$SANDBOX/listening.$1" ]; do sleep 0.05; done
  cat "$SANDBOX/listening.$1"
}

skip() { echo "$1"; exit 77; }
equals() { [ "$1" = "$2" ] || { printf 'expected: %s\nbut was:  %s\n' "$2" "$1"; return 1; }; }
says() { [[ $1 == *"$2"* ]] || { printf 'expected to find: %s\nin: %s\n' "$2" "$1"; return 1; }; }
silent_about() { [[ $1 != *"$2"* ]] || { printf 'expected not to find: %s\nin: %s\n' "$2" "$1"; return 1; }; }
calls() { grep -c -- "^$1" "$STAND_IN_LOG" || true; }
# until_true COMMAND...: waits up to 15 s for a caused thing to happen.
until_true() {
  local deadline=$((SECONDS + 15))
  until "$@"; do
    ((SECONDS < deadline)) || { echo "waited in vain for: $*"; return 1; }
    sleep 0.05
  done
}
