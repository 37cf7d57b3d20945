# shellcheck shell=bash
# What a person meets before any database: tools, builds, arguments, refusals.

test_help_needs_no_tools() {
  hide_servers && rm "$SANDBOX/bin/dotnet"
  dialer
  equals "$STATUS" 0
  says "$OUT" './dialer demo'
}

test_a_missing_dotnet_is_named_with_the_way_to_get_it() {
  hide_servers && rm "$SANDBOX/bin/dotnet"
  dialer doctor
  equals "$STATUS" 1
  says "$ERR" '.NET 10 SDK was not found'
  says "$ERR" 'dotnet.microsoft.com/download'
}

test_an_older_dotnet_is_not_taken() {
  hide_servers
  STAND_IN_SDK=9.0.300 dialer doctor
  equals "$STATUS" 1
  says "$ERR" '.NET 10 SDK was not found'
}

test_a_missing_node_is_named_when_there_are_pages_to_build() {
  hide_servers && pretend_web && pretend_databases && export NVM_DIR="$SANDBOX/nothing"
  rm "$SANDBOX/few/node"
  dialer demo
  equals "$STATUS" 1
  says "$ERR" 'Node.js 20.19 or newer'
}

test_an_old_node_is_told_apart_from_none() {
  hide_servers && pretend_web && pretend_databases && export NVM_DIR="$SANDBOX/nothing"
  rm "$SANDBOX/few/node"
  printf '#!/bin/sh\necho v18.2.0\n' | stand_in node
  dialer demo
  says "$ERR" "node is v18.2.0"
}

test_the_program_gets_arguments_input_and_the_last_word() {
  dialer echo-input 'two words' '' '*' <<<'one line'
  equals "$STATUS" 0
  dialer exit 42
  equals "$STATUS" 42
  equals "$(sed -n 's/^program //p' "$STAND_IN_LOG" | head -1)" '<echo-input> <two words> <> <*>'
}

test_standard_output_belongs_to_the_program() {
  pretend_databases
  dialer demo --headless --json
  equals "$OUT" '{"attempts":1}'
  says "$ERR" 'building the server'
}

test_standard_input_reaches_the_program_after_a_build() {
  equals "$(printf 'a\nb\n' | "$CLONE/dialer" echo-input 2>/dev/null)" $'a\nb'
}

test_it_builds_once_and_again_after_an_edit_an_addition_and_a_removal() {
  dialer exit 0 && dialer exit 0
  equals "$(calls build)" 1
  echo '// edited' >>"$CLONE/src/Dialer.Host/Program.cs" && dialer exit 0
  equals "$(calls build)" 2
  touch "$CLONE/src/Dialer.Host/New.cs" && dialer exit 0
  equals "$(calls build)" 3
  rm "$CLONE/src/Dialer.Host/New.cs" && dialer exit 0
  equals "$(calls build)" 4
}

test_a_failed_build_shows_the_errors_and_is_tried_again() {
  STAND_IN_BUILD=fail dialer exit 0
  equals "$STATUS" 1
  says "$ERR" 'error CS1002: ; expected'
  says "$ERR" '.data/log/build.log'
  dialer exit 7
  equals "$STATUS" 7
}

test_two_at_once_build_once() {
  dialer_in_background exit 0 && dialer_in_background exit 0 && wait
  equals "$(calls build)" 1
  equals "$(calls program)" 2
}

test_it_does_not_build_under_a_running_program() {
  dialer_in_background stay
  until_true grep -q staying "$STAND_IN_LOG"
  echo '// edited' >>"$CLONE/src/Dialer.Host/Program.cs"
  dialer exit 0
  equals "$STATUS" 1
  says "$ERR" './dialer stop'
  equals "$(calls build)" 1
}

test_pages_are_built_for_the_demo_and_only_when_they_changed() {
  pretend_web && pretend_databases
  dialer demo --json && dialer demo --json
  equals "$(calls 'npm ci')" 1
  equals "$(calls 'npm run build')" 1
  echo 'x' >"$CLONE/src/web/page.ts" && dialer demo --json
  equals "$(calls 'npm ci')" 1
  equals "$(calls 'npm run build')" 2
}

test_a_failed_page_build_ends_the_demo() {
  pretend_web && pretend_databases
  STAND_IN_WEB=fail dialer demo --json
  equals "$STATUS" 1
  says "$ERR" 'error TS2304'
  STAND_IN_WEB=nothing dialer demo --json
  equals "$STATUS" 1
  says "$ERR" 'made no page'
  equals "$OUT$(calls program)" 0
}

test_the_demo_refuses_real_twilio_in_every_spelling() {
  pretend_databases
  local name
  for name in Twilio__AccountSid TWILIO__AUTHTOKEN twilio__apikeysecret Twilio__ApiKeySid ASPNETCORE_Twilio__AuthToken 'Twilio:AuthToken'; do
    STATUS=0
    ERR=$(env "$name=x" "$CLONE/dialer" demo --json 2>&1) || STATUS=$?
    equals "$STATUS" 1
    says "$ERR" "-u $name"
  done
  Twilio__BaseUrl=https://api.twilio.com dialer demo --json
  equals "$STATUS" 1
  Twilio__AccountSid=AC1 Twilio__BaseUrl=http://127.0.0.1.evil.example:80 dialer demo --json
  equals "$STATUS" 1
  equals "$(calls program)" 0
}

test_the_demo_runs_with_a_simulated_twilio_on_this_machine() {
  pretend_databases
  Twilio__AccountSid=AC1 Twilio__AuthToken=x Twilio__BaseUrl=http://127.0.0.1:9000 dialer demo --json
  equals "$STATUS" 0
}

test_a_second_demo_is_refused_while_the_first_runs() {
  pretend_databases
  dialer_in_background demo
  until_true grep -q staying "$STAND_IN_LOG"
  dialer demo --json
  equals "$STATUS" 1
  says "$ERR" 'running already'
}

test_signals_reach_the_program() {
  pretend_databases
  "$CLONE/dialer" demo >/dev/null 2>&1 &
  until_true grep -q staying "$STAND_IN_LOG"
  kill -TERM $! && wait $!
  equals "$(calls ended-by-signal)" 1
}

test_stop_ends_the_program_and_says_so() {
  pretend_databases
  dialer_in_background demo
  until_true grep -q staying "$STAND_IN_LOG"
  dialer stop
  says "$ERR" 'ended: host-demo-'
  equals "$(calls ended-by-signal)" 1
  dialer stop
  says "$ERR" 'nothing of this clone is running'
}

test_stop_finds_a_marked_process_that_lost_its_record() {
  dialer exit 0
  local orphan
  env "DIALER_CLONE=$(cd "$CLONE" && printf '%s' "$PWD" | sha256sum | cut -c1-12)" sleep 60 &
  orphan=$!
  dialer stop
  says "$ERR" "process $orphan (sleep)"
  wait "$orphan" || equals $? 143
}

test_stop_never_ends_a_process_that_only_shares_a_number() {
  dialer exit 0
  sleep 60 &
  local stranger=$!
  printf '%s 1 %s\n' "$stranger" "$(cat /proc/sys/kernel/random/boot_id)" >"$CLONE/.data/run/host-demo-1.pid"
  dialer stop
  says "$ERR" 'nothing of this clone is running'
  kill "$stranger" # fails when it is gone
}

test_serve_wants_to_be_told_its_databases() {
  dialer serve
  equals "$STATUS" 1
  says "$ERR" '--private-databases'
  equals "$(calls build)" 0
}

test_serve_keeps_its_arguments() {
  pretend_databases
  dialer serve --private-databases --roles 'web dialer' --json
  equals "$(sed -n 's/^program //p' "$STAND_IN_LOG")" '<serve> <--roles> <web dialer> <--json>'
}

test_wrong_connection_strings_are_told_before_anything_is_built() {
  ConnectionStrings__Postgres='postgres://u:p@db/x' ConnectionStrings__Redis=127.0.0.1:1 dialer serve
  says "$ERR" 'not in the form that .NET reads'
  silent_about "$ERR" 'u:p'
  ConnectionStrings__Postgres='Server=127.0.0.1 ; PORT=1;Password=hush' ConnectionStrings__Redis=127.0.0.1:1 dialer serve
  says "$ERR" 'PostgreSQL does not answer at 127.0.0.1, port 1'
  silent_about "$ERR" hush
  ConnectionStrings__Postgres='Host=/tmp' ConnectionStrings__Redis='127.0.0.1:1,password=hush' dialer demo
  equals "$STATUS" 1
  says "$ERR" 'Redis does not answer at 127.0.0.1, port 1'
  silent_about "$ERR" hush
  ConnectionStrings__Postgres='Host=/tmp' ConnectionStrings__Redis='redis://x' dialer demo
  says "$ERR" 'redis://'
  equals "$(calls build)" 0
}

test_a_data_folder_of_somebody_else_is_told() {
  [ "$(id -u)" = 0 ] || skip 'needs root to make the other user'
  mkdir "$CLONE/.data" && chmod 700 "$CLONE/.data" && chmod 755 "$SANDBOX" "$SANDBOX/bin"
  STATUS=0
  ERR=$(cd / && setpriv --reuid=65534 --regid=65534 --clear-groups "$CLONE/dialer" exit 0 2>&1) || STATUS=$?
  equals "$STATUS" 1
  says "$ERR" 'cannot be written'
  says "$ERR" 'DIALER_DATA='
}

pretend_web() { mkdir -p "$CLONE/src/web" && echo '{}' >"$CLONE/src/web/package.json" && echo '{}' >"$CLONE/src/web/package-lock.json"; }
dialer_in_background() { "$CLONE/dialer" "$@" >/dev/null 2>&1 & }
