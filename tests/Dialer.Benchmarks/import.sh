#!/usr/bin/env bash
# The import against `psql \copy` of the same clean rows into the same indexed tables, A-B-A-B in one run.
#   ConnectionStrings__Postgres="Host=...;Port=...;Username=..." tests/Dialer.Benchmarks/import.sh [rows] [rounds]
# Prints a Markdown table; the committed one is results/import.md. DIALER is the command to measure (default: a Release build made here).
set -Eeuo pipefail
rows=${1:-1000000} rounds=${2:-5}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d); database=dialer_bench_$$
field() { tr ';' '\n' <<<"${ConnectionStrings__Postgres:?name a PostgreSQL server}" | sed -n "s/^ *$1 *= *//Ip" | head -1; }
export PGHOST=$(field host) PGPORT=$(field port) PGUSER=$(field username) PGPASSWORD=$(field password)
export PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-postgres}
trap 'psql -qXd postgres -c "drop database if exists $database with (force)"; rm -rf "$work"' EXIT
if [ -z "${DIALER:-}" ]; then
  dotnet build "$root/src/Dialer.Host" -c Release -v q -nologo -o "$work/host" >&2
  DIALER="dotnet $work/host/Dialer.Host.dll"
fi

sql() { psql -qXAtd "$database" -v ON_ERROR_STOP=1 "$@"; }
psql -qXd postgres -c "create database $database"
sql -c 'create table schema_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())'
for file in "$root"/src/Dialer.Storage/Postgres/Migrations/*.sql; do
  sql -1 -f "$file" -c "insert into schema_migration (name, checksum) values ('$(basename "$file" .sql)', '$(sha256sum <"$file" | cut -c1-64)')" >/dev/null
done
sql -c "insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'B', '+12125550100', 'ThirdParty', 'Consumer', now())"
export ConnectionStrings__Postgres="Host=$PGHOST;Port=$PGPORT;Username=$PGUSER;Password=${PGPASSWORD:-};Database=$database"
$DIALER sample --accounts "$rows" --seed 1 --clean --out "$work" >&2
sed -E '0~100s/,[^,]*$/,2025-11-03/' "$work/placement.csv" >"$work/changed.csv"

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
empty() { sql -c "set client_min_messages = warning" -c 'truncate import_change, import_reject, import_batch, consent_event, phone, account, person restart identity cascade; checkpoint'; }
import() { # file -> "seconds kilobytes"
  local start; start=$(now)
  /usr/bin/time -f %M -o "$work/rss" $DIALER import "$1" --client B --json >"$work/report.json"
  echo "$(since "$start") $(tail -1 "$work/rss")"
}
tables="person phone account consent_event"
dump() { for t in $tables; do sql -c "\\copy $t to '$work/$t.csv' csv"; done; }
copy() {
  local start; start=$(now)
  { echo 'begin;'; for t in $tables; do echo "\\copy $t from '$work/$t.csv' csv"; done; echo 'commit;'; } | sql >/dev/null
  since "$start"
}

imports=() copies=() again=() peak=0
for ((i = 0; i < rounds; i++)); do
  empty; read -r seconds kb < <(import "$work/placement.csv"); imports+=("$seconds"); ((kb > peak)) && peak=$kb
  grep -q "\"accepted\":$rows," "$work/report.json" || { cat "$work/report.json" >&2; exit 1; }
  ((i == 0)) && dump
  read -r seconds kb < <(import "$work/changed.csv"); again+=("$seconds"); ((kb > peak)) && peak=$kb
  unchanged=$(grep -o '"duplicate":[0-9]*' "$work/report.json" | cut -d: -f2)
  empty; copies+=("$(copy)")
  echo "round $((i + 1)): import ${imports[-1]} s, again ${again[-1]} s, copy ${copies[-1]} s" >&2
done
median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
spread() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f-%.2f", v[1], v[NR] }'; }
a=$(median "${imports[@]}") b=$(median "${copies[@]}") c=$(median "${again[@]}")
awk -v n="$rows" -v a="$a" -v b="$b" -v c="$c" -v k="$peak" -v r="$rounds" -v u="$unchanged" -v sa="$(spread "${imports[@]}")" -v sb="$(spread "${copies[@]}")" -v sc="$(spread "${again[@]}")" 'BEGIN {
  printf "| %d rows, %d rounds interleaved | median s | spread s | rows/s |\n|---|---|---|---|\n", n, r
  printf "| `dialer import` (file to committed, with process start) | %.2f | %s | %d |\n", a, sa, n / a
  printf "| `psql \\copy` of the resulting person, phone, account and consent rows | %.2f | %s | %d |\n", b, sb, n / b
  printf "| `dialer import` again, 1 %% of rows changed (%d unchanged) | %.2f | %s | %d |\n\n", u, c, sc, n / c
  printf "speed against copy: %.2f (target at least 0.50); again against first: %.2f (target at most 0.25); peak memory of the importer: %d MB (limit 200)\n", b / a, c / a, k / 1024 }'
