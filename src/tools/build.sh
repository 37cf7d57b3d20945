# shellcheck shell=bash
# Builds what is older than its sources, and nothing else.

HOST_DLL=$ROOT/src/Dialer.Host/bin/Release/net10.0/Dialer.Host.dll
WEB=$ROOT/src/web
WWWROOT=$ROOT/src/Dialer.Host/wwwroot

# One line that changes when any source file is edited, added, removed or renamed. Arguments: what to look at.
fingerprint() {
  local -a here=()
  local path
  for path in "$@"; do [ ! -e "$path" ] || here+=("$path"); done
  find "${here[@]}" \( -name bin -o -name obj -o -name node_modules -o -name dist -o -name wwwroot -o -name test-results -o -name TestResults \) -prune -o -type f -printf '%P %s %T@\n' |
    LC_ALL=C sort | sha256sum | cut -d' ' -f1
}

server_fingerprint() {
  local -a of=("$ROOT/global.json" "$ROOT/Dialer.sln" "$ROOT"/Directory.*.props "$ROOT/.editorconfig" "$ROOT/twiml-templates" "$ROOT"/src/Dialer.*)
  [ "$1" != solution ] || of+=("$ROOT/tests")
  fingerprint "${of[@]}"
}

is_fresh() { [ "$(cat "$DATA/build/$1" 2>/dev/null)" = "$2" ]; }
keep_stamp() { printf '%s\n' "$2" >"$DATA/build/$1"; }

# show_errors LOG: what a compiler or npm complained about, without the noise around it.
show_errors() {
  local errors
  errors=$(grep -E '(: error |error [A-Z]+[0-9]+|^npm (ERR!|error)|error TS|\[ERROR\])' "$1" | sed "s#$ROOT/##g; s/ \[[^]]*proj\]\$//" | sort -u | head -25 || true)
  printf '%s\n' "${errors:-$(tail -25 "$1")}" >&2
}

explain_build_failure() {
  local log=$1 next='correct the errors above and run this again.'
  show_errors "$log"
  if grep -qE 'NU1301|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|UNABLE_TO_GET_ISSUER|SELF_SIGNED' "$log"; then
    next='packages could not be fetched: check the network, proxy and certificates (src/docs/runbooks/certificates-and-proxy.md).'
  fi
  die "The build of the $2 failed." "the compiler's words are above; everything is in $log." "$next"
}

# build_server host|solution: the program alone, or the program with its tests.
build_server() {
  local print target=$ROOT/src/Dialer.Host
  print=$(server_fingerprint "$1")
  if [ -f "$HOST_DLL" ] && { is_fresh "$1" "$print" || { [ "$1" = host ] && is_fresh solution "$(server_fingerprint solution)"; }; }; then return; fi
  refuse_to_build_under_a_running_program
  [ "$1" = host ] || target=$ROOT/Dialer.sln
  rm -f -- "$DATA/build/$1"
  logged "building the ${1/host/server}" "$DATA/log/build.log" compile "$target" ||
    explain_build_failure "$DATA/log/build.log" "${1/host/server}"
  show_pages_to_the_program
  keep_stamp "$1" "$print"
}

# One compiler for all the projects of a build, under a name of its own so that it can be ended with it: a new one for each
# of them took nearly twice as long, and one that stays would hold our memory and files.
compile() {
  local status=0 name pid file
  name=dialer-$(clone_id)-$$
  without_locks "$DOTNET" build "$1" -c Release -nologo -v q -nodeReuse:false -p:UseSharedCompilation=true "-p:SharedCompilationId=$name" || status=$?
  for file in /proc/[0-9]*/cmdline; do
    grep -qzF -- "-pipename:$name" "$file" 2>/dev/null || continue
    pid=${file#/proc/} && end_process "${pid%/cmdline}" 10
  done
  return "$status"
}

# The program serves the pages that lie beside it; a link keeps them the ones built last.
show_pages_to_the_program() {
  local beside
  beside=$(dirname -- "$HOST_DLL")/wwwroot
  if [ -L "$beside" ] || [ ! -e "$beside" ]; then ln -sfn ../../../wwwroot "$beside"; fi
}

# Overwriting assemblies that a process has mapped crashes it in strange ways.
refuse_to_build_under_a_running_program() {
  local file pid
  for file in "$DATA"/run/host-*.pid; do
    pid=$(recorded_pid "$file") || continue
    die "The sources are newer than the build, but a program of this clone is running from that build (process $pid)." \
      "building would pull its files from under it." "end it with ./dialer stop, then run this again."
  done
}

# The web app, when this clone has it: installs its packages when their lock changed, builds when a source did.
build_web() {
  [ -f "$WEB/package.json" ] || return 0
  find_node
  local print
  print=$(fingerprint "$WEB")
  if [ -f "$WWWROOT/index.html" ] && is_fresh web "$print"; then return; fi
  install_npm_packages "$WEB" || explain_build_failure "$DATA/log/npm-web.log" 'web pages (npm ci)'
  rm -f -- "$DATA/build/web"
  logged 'building the web pages' "$DATA/log/web.log" without_locks npm --prefix "$WEB" run build || explain_build_failure "$DATA/log/web.log" 'web pages'
  [ -f "$WWWROOT/index.html" ] ||
    die 'The build of the web pages made no page.' "it ended well, but $WWWROOT/index.html is not there." "see $DATA/log/web.log and the build's output folder in src/web/vite.config.ts."
  keep_stamp web "$print"
}

# install_npm_packages FOLDER: `npm ci`, when the lock file is not the one installed last.
install_npm_packages() {
  local folder=$1 name print
  name=$(basename -- "$folder")
  print=$(fingerprint "$folder/package.json" "$folder/package-lock.json")
  if [ -d "$folder/node_modules" ] && is_fresh "npm-$name" "$print"; then return; fi
  rm -f -- "$DATA/build/npm-$name"
  logged "fetching the packages of ${folder#"$ROOT"/}" "$DATA/log/npm-$name.log" without_locks npm --prefix "$folder" ci --no-audit --no-fund || return 1
  keep_stamp "npm-$name" "$print"
}
