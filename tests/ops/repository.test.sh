# shellcheck shell=bash disable=SC2164,SC2016
# What must hold in the repository itself for a clone elsewhere to work.

# `npm ci` refuses a lock that names a platform's package without holding it, which npm itself writes when a registry
# lacks that package.
test_every_npm_lock_holds_each_package_it_names() {
  cd "$REPOSITORY"
  local file checked=0
  while IFS= read -r file; do
    checked=$((checked + 1))
    node -e '
      const { packages } = JSON.parse(require("fs").readFileSync(process.argv[1]));
      const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]));
      if (missing.length) { console.log(`${process.argv[1]} lacks ${missing.join(", ")}`); process.exit(1); }' "$file"
  done < <(find src/web tests -name package-lock.json -not -path '*/node_modules/*')
  [ "$checked" -gt 0 ]
}

test_every_script_is_clean_to_shellcheck() {
  command -v shellcheck >/dev/null || skip 'shellcheck is not installed'
  cd "$REPOSITORY"
  shellcheck -x dialer .ci/run tests/ops/run tests/ops/one tests/ops/*.sh tests/ops/stand-ins/*
}

test_no_secret_or_built_file_would_be_committed() {
  cd "$REPOSITORY"
  git rev-parse --git-dir >/dev/null 2>&1 || skip 'this is not a git clone'
  local file
  for file in .data/x src/Dialer.Host/wwwroot/index.html src/web/node_modules/x docker/.env docker/certificates/x.crt; do git check-ignore -q "$file"; done
}
