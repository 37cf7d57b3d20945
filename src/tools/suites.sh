# shellcheck shell=bash
# ./dialer test: every suite of the repository, one total.

# Each suite leaves its results as .trx or JUnit .xml in $RESULTS/<suite>; counts.mjs adds them up, so a suite can say
# nothing about itself that its own report does not show.
command_test() {
  local filter=${1:-} started=$SECONDS suite
  [ $# -le 1 ] || die 'test takes one filter.' "it got $*." 'quote a filter that holds spaces.'
  lock test
  TEST_LOCK=$LOCK # held to the end: results and throw-away databases are one set
  RESULTS=$DATA/test-results
  rm -rf -- "$RESULTS" && mkdir -p -- "$RESULTS"
  use_set ''
  record test $$
  trap end_test EXIT
  find_node
  case $filter in
    ops | web) ;; # need neither the program nor databases
    *) prepare_program_and_databases ;;
  esac
  export DIALER_CLONE DIALER_HOST_DLL=$HOST_DLL DOTNET # the browser's day starts a demonstration of its own
  DIALER_CLONE=$(clone_id)
  export DOTNET_TieredPGO=0 # a test runs a path a few times: counting its branches first costs a tenth of all the time
  for suite in ops web dotnet e2e; do
    if wants "$suite" "$filter"; then "suite_$suite" "$filter"; fi
  done
  say "all suites took $((SECONDS - started)) s"
  node "$ROOT/src/tools/counts.mjs" "$RESULTS" || exit 1 # its last line is the last line
}

prepare_program_and_databases() {
  find_dotnet
  ensure_databases test
  lock build
  build_web
  build_server solution
  unlock
}

end_test() {
  local status=$?
  trap - EXIT
  rm -f -- "$DATA/run/test.pid"
  if [ -e "$DATA/test/postgres.in-container" ] || [ -e "$DATA/test/redis.in-container" ]; then stop_containers erase -test$ || true; fi
  { stop_set test && erase_set test; } >/dev/null 2>&1 || true
  exit "$status"
}

# A filter is a suite's name, or part of the name of a .NET test; without one, everything runs.
wants() {
  case $2 in
    '') true ;;
    dotnet | web | e2e | ops) [ "$1" = "$2" ] ;;
    *) [ "$1" = dotnet ] ;;
  esac
}

suite_dotnet() {
  local filter=$1 status=0 log=$DATA/log/dotnet-test.log ended reports
  local -a only=()
  case $filter in
    '' | dotnet)
      # The network's page is tested in a browser from there too.
      [ ! -f "$ROOT/tests/e2e/package.json" ] || find_chromium || {
        note_result dotnet skipped 'PageTests' "$NO_CHROMIUM"
        only=(--filter 'FullyQualifiedName!~PageTests')
      }
      ;;
    *[=~]*) only=(--filter "$filter") ;;
    *) only=(--filter "FullyQualifiedName~$filter") ;;
  esac
  say 'running the .NET tests...'
  without_locks "$DOTNET" test "$ROOT/Dialer.sln" -c Release --no-build -nologo --logger trx --results-directory "$RESULTS/dotnet" \
    --blame-hang-timeout 5m --blame-hang-dump-type none "${only[@]}" </dev/null | tee "$log" | grep --line-buffered -vE '^$|No test (matches|is available)|Results File:|^ *(Starting|A total of|Test run for|VSTest version|Additionally, path)|Data collector .Blame. message' || status=${PIPESTATUS[0]}
  account_for dotnet "$status"
  # Two projects that end in the same second could write one report over the other.
  ended=$(grep -cE ' - [^ ]+\.dll \(net' "$log" || true)
  reports=$(find "$RESULTS/dotnet" -name '*.trx' | wc -l)
  [ "$reports" -ge "$ended" ] || note_result dotnet failed 'the reports' "$ended test projects ended and only $reports reports are there"
}

suite_web() { npm_suite web "$WEB"; }

suite_e2e() {
  [ -f "$ROOT/tests/e2e/package.json" ] || return 0
  find_chromium || { note_result e2e skipped 'the whole suite' "$NO_CHROMIUM"; return; }
  npm_suite e2e "$ROOT/tests/e2e"
}

NO_CHROMIUM='Chromium is not here, and apt-get could not bring it (install the package chromium)'

find_chromium() {
  chromium_path >/dev/null || { may_install && install_packages chromium; } || return
  CHROMIUM=$(chromium_path) || return
  export CHROMIUM PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
}

chromium_path() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# npm_suite NAME FOLDER: `npm ci && npm test`, with a JUnit report from Vitest, Playwright or Node's own runner.
npm_suite() {
  local name=$1 folder=$2 status=0 report=$RESULTS/$1/junit.xml script
  local -a reporter=()
  [ -f "$folder/package.json" ] || return 0
  mkdir -p -- "$RESULTS/$name"
  install_npm_packages "$folder" || { show_errors "$DATA/log/npm-$(basename -- "$folder").log"; note_result "$name" failed 'npm ci' 'its packages could not be installed'; return; }
  script=$(cd -- "$folder" && npm pkg get scripts.test)
  case $script in
    *vitest*) reporter=(-- --reporter=default --reporter=junit "--outputFile.junit=$report") ;;
    *playwright*) reporter=(-- '--reporter=list,junit') ;;
  esac
  say "running the $name tests..."
  without_locks env "PLAYWRIGHT_JUNIT_OUTPUT_NAME=$report" "PLAYWRIGHT_JUNIT_OUTPUT_FILE=$report" "JUNIT_REPORT=$report" \
    "NODE_OPTIONS=${NODE_OPTIONS:-}$(node_reporter "$script" "$report")" npm --prefix "$folder" test "${reporter[@]}" </dev/null || status=$?
  account_for "$name" "$status"
}

# Node's own runner takes its reporters from NODE_OPTIONS; a destination with a space must be quoted there.
node_reporter() {
  [[ $1 != *'node --test'* ]] || printf ' --test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit "--test-reporter-destination=%s"' "$2"
}

suite_ops() {
  local status=0
  [ -x "$ROOT/tests/ops/run" ] || return 0
  if ! command -v shellcheck >/dev/null && may_install; then install_packages shellcheck || true; fi
  say 'running the entrance'\''s own tests...'
  mkdir -p -- "$RESULTS/ops"
  without_locks "$ROOT/tests/ops/run" "$RESULTS/ops/junit.xml" </dev/null || status=$?
  account_for ops "$status"
}

# A suite that ends badly without naming a failed test, or well without having run one, is itself a failure.
account_for() {
  local verdict
  mkdir -p -- "$RESULTS/$1"
  verdict=$(node "$ROOT/src/tools/counts.mjs" "$RESULTS/$1" | tail -1 || true)
  if [ "$2" -ne 0 ] && [[ $verdict == *' 0 failed'* ]]; then
    note_result "$1" failed 'the suite as a whole' "it ended with status $2 and named no failed test"
  elif [ "$2" -eq 0 ] && [[ $verdict == '0 passed, 0 failed' ]]; then
    note_result "$1" failed 'the suite as a whole' 'it ended well and reported no test'
  fi
}

# note_result SUITE failed|skipped NAME REASON: a line of our own in a suite's report.
note_result() {
  local tag=failure
  [ "$2" = failed ] || tag=skipped
  mkdir -p -- "$RESULTS/$1"
  printf '<testsuite><testcase name="%s: %s"><%s message="%s"/></testcase></testsuite>\n' "$1" "$3" "$tag" "$4" >"$(mktemp "$RESULTS/$1/note.XXXXXX.xml")"
}
