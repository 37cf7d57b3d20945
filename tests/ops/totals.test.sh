# shellcheck shell=bash disable=SC2154
# ./dialer test: what it counts, names and ends with.

test_the_last_line_is_the_total_of_all_suites() {
  prepare_suites
  STAND_IN_TRX=$(trx Passed Passed) dialer test
  equals "$STATUS" 0
  equals "$(tail -1 <<<"$OUT")" '3 passed, 0 failed'
}

test_nothing_is_said_after_the_total() {
  prepare_suites
  STAND_IN_TRX=$(trx Failed) "$CLONE/dialer" test >"$SANDBOX/both" 2>&1 || true
  equals "$(tail -1 "$SANDBOX/both")" '1 passed, 1 failed'
}

test_failed_and_skipped_tests_are_named_with_their_reasons() {
  prepare_suites
  STAND_IN_TRX=$(trx Passed Failed NotExecuted) STAND_IN_TEST_STATUS=1 \
    STAND_IN_JUNIT='<testsuites><testsuite><testcase classname="page" name="a &gt; b"><failure message="expected &quot;1&quot;&#10;second">x</failure></testcase><testcase name="c"><skipped message="no browser"/></testcase></testsuite></testsuites>' dialer test
  equals "$STATUS" 1
  says "$OUT" 'FAILED Some.Test_1: because 1 < 2'
  says "$OUT" 'SKIPPED Some.Test_2: because 1 < 2'
  says "$OUT" 'FAILED page > a > b: expected "1"'
  says "$OUT" 'SKIPPED c: no browser'
  equals "$(tail -1 <<<"$OUT")" '1 passed, 2 failed, 2 skipped'
}

test_a_run_without_a_test_is_not_a_success() {
  pretend_databases
  STAND_IN_TRX=$(trx) dialer test
  equals "$STATUS" 1
  equals "$(tail -1 <<<"$OUT")" '0 passed, 1 failed'
}

test_a_suite_that_dies_without_a_report_is_a_failure() {
  prepare_suites
  STAND_IN_TEST_STATUS=134 dialer test
  equals "$STATUS" 1
  says "$OUT" 'FAILED dotnet: the suite as a whole: it ended with status 134'
  equals "$(tail -1 <<<"$OUT")" '1 passed, 1 failed'
}

test_a_test_host_that_dies_after_some_tests_is_a_failure() {
  prepare_suites
  STAND_IN_TEST_STATUS=1 STAND_IN_TRX="$(trx Passed)<RunInfos><RunInfo outcome=\"Error\"><Text>Test host process crashed</Text></RunInfo></RunInfos>" dialer test
  says "$OUT" 'FAILED the test run: Test host process crashed'
  equals "$(tail -1 <<<"$OUT")" '2 passed, 1 failed'
}

test_a_failed_test_that_xunit_names_twice_is_counted_once() {
  prepare_suites
  STAND_IN_TEST_STATUS=1 STAND_IN_TRX="$(trx Failed)<RunInfos><RunInfo outcome=\"Error\"><Text>[xUnit.net 00:00:01.00]     Some.Test_1 [FAIL]</Text></RunInfo></RunInfos>" dialer test
  equals "$(tail -1 <<<"$OUT")" '1 passed, 1 failed'
}

test_a_filter_goes_to_the_dotnet_tests_alone() {
  prepare_suites
  STAND_IN_TRX=$(trx Passed) dialer test PhoneNumber
  equals "$(tail -1 <<<"$OUT")" '1 passed, 0 failed'
  says "$(grep '^test' "$STAND_IN_LOG")" '--filter FullyQualifiedName~PhoneNumber'
}

test_a_suites_name_runs_that_suite_alone() {
  prepare_suites
  dialer test web
  equals "$(tail -1 <<<"$OUT")" '1 passed, 0 failed'
  equals "$(calls build)$(calls test)" 00
}

test_old_results_are_not_counted_again() {
  prepare_suites
  STAND_IN_TRX=$(trx Passed Passed) dialer test dotnet && dialer test web
  equals "$(tail -1 <<<"$OUT")" '1 passed, 0 failed'
}

test_an_end_to_end_suite_without_a_browser_is_skipped_by_name() {
  prepare_suites && hide_servers
  mkdir -p "$CLONE/tests/e2e" && echo '{}' >"$CLONE/tests/e2e/package.json"
  DIALER_NO_INSTALL=1 with_no_browser dialer test
  says "$OUT" 'SKIPPED e2e: the whole suite: Chromium is not here'
}

test_ci_runs_the_same_command() {
  prepare_suites
  mkdir "$CLONE/.ci" && cp "$REPOSITORY/.ci/run" "$CLONE/.ci/run"
  equals "$(STAND_IN_TRX=$(trx Passed) "$CLONE/.ci/run" 2>/dev/null | tail -1)" '2 passed, 0 failed'
}

test_stop_ends_a_test_run_and_its_databases() {
  { command -v redis-server && compgen -G '/usr/lib/postgresql/*/bin/postgres'; } >/dev/null || skip 'no local servers'
  STAND_IN_TEST_STAYS=1 "$CLONE/dialer" test dotnet >"$SANDBOX/out" 2>&1 &
  local run=$! server
  until_true grep -q '^test' "$STAND_IN_LOG"
  server=$(cut -d' ' -f1 "$CLONE/.data/test/run/postgres.pid")
  dialer stop
  says "$ERR" 'ended: test'
  until_true eval "! kill -0 $run 2>/dev/null"
  [ ! -d "/proc/$server" ] || grep -q '^State:.Z' "/proc/$server/status"
}

with_no_browser() { rm -f "$SANDBOX"/few/{chromium,chromium-browser,google-chrome} && "$@"; }

prepare_suites() {
  pretend_databases
  mkdir -p "$CLONE/src/web" && echo '{}' >"$CLONE/src/web/package.json" && echo '{}' >"$CLONE/src/web/package-lock.json"
}

# trx OUTCOME...: a report of dotnet test with one test for each outcome.
trx() {
  local outcome n=0 results=''
  for outcome in "$@"; do
    results+="<UnitTestResult testName=\"Some.Test_$n\" outcome=\"$outcome\"><Output><ErrorInfo><Message>because 1 &lt; 2&#xD;
second line</Message></ErrorInfo></Output></UnitTestResult>"
    n=$((n + 1))
  done
  printf '<TestRun><Results>%s</Results></TestRun>' "$results"
}
