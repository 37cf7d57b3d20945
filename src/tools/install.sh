# shellcheck shell=bash
# Installs Debian packages when this user may, without leaving a system service of ours behind; else unpacks them privately.

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
  [ -z "${DIALER_NO_INSTALL:-}" ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_packages NAME...: fails (with the reason in install.log) when apt-get cannot.
# Debian starts a system service for each server it installs, open to more than us. A policy of "no starts" holds while
# apt-get works, PostgreSQL is told to make no cluster, and what would start at the next boot is switched off again.
install_packages() {
  local log=$DATA/log/install.log name status=0 policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.conf
  local -a fresh=()
  for name in "$@"; do is_installed "$name" || fresh+=("$name"); done
  ((${#fresh[@]})) || return 0
  say "installing ${fresh[*]} with apt-get (log: ${log#"$ROOT"/})"
  [ -n "${APT_IS_UP_TO_DATE:-}" ] || apt_get update >>"$log" 2>&1 || true # a stale index may still do
  APT_IS_UP_TO_DATE=1
  local made_policy='' made_clusters=''
  if [ ! -e "$policy" ]; then
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" && made_policy=1
  fi
  if [[ " ${fresh[*]} " == *' postgresql '* ]]; then
    # The settings file comes with this package and must say no before the server's own package is set up.
    apt_get install postgresql-common >>"$log" 2>&1 || status=1
    if as_root sh -c "echo 'create_main_cluster = false # ./dialer is installing' >>$clusters" 2>>"$log"; then made_clusters=1; fi
  fi
  [ "$status" -ne 0 ] || apt_get install "${fresh[@]}" >>"$log" 2>&1 || status=1
  [ -z "$made_clusters" ] || as_root sed -i '/# \.\/dialer is installing$/d' "$clusters"
  [ -z "$made_policy" ] || as_root rm -f "$policy"
  for name in "${fresh[@]}"; do switch_off_service "$name" >>"$log" 2>&1; done
  [ "$status" -eq 0 ] || { tail -5 "$log" >&2; say "apt-get could not install ${fresh[*]}"; }
  return "$status"
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120 --no-install-recommends "$@" </dev/null; }

# A package that we installed brings no service to life, now or at the next boot.
switch_off_service() {
  local unit=$1
  [ -e "/lib/systemd/system/$unit.service" ] || [ -e "/etc/init.d/$unit" ] || return 0
  if [ -d /run/systemd/system ]; then as_root systemctl disable --now "$unit.service"; elif command -v deb-systemd-helper >/dev/null; then as_root deb-systemd-helper disable "$unit.service"; fi
  command -v update-rc.d >/dev/null && [ -e "/etc/init.d/$unit" ] && as_root update-rc.d "$unit" disable
  return 0
}

# unpack_packages NAME...: for a user who may install nothing. apt fetches the packages (and what they need and this
# machine lacks) into our own folder with our own index, and they are unpacked there; nothing outside DATA changes.
unpack_packages() {
  local tools=$DATA/tools log=$DATA/log/unpack.log file
  [ -z "${DIALER_NO_INSTALL:-}" ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  say "you may not install packages here; unpacking $* under ${tools#"$ROOT"/} (log: ${log#"$ROOT"/})"
  mkdir -p -- "$tools/apt/lists/partial" "$tools/apt/archives/partial" "$tools/root"
  local -a own=(-o "Dir::State::lists=$tools/apt/lists" -o "Dir::Cache=$tools/apt" -o "Dir::Cache::archives=$tools/apt/archives"
    -o Debug::NoLocking=1 -o APT::Sandbox::User= -o APT::Install-Recommends=false)
  { apt-get "${own[@]}" update && apt-get "${own[@]}" -y --download-only install "$@"; } >"$log" 2>&1 </dev/null || { tail -3 "$log" >&2; return 1; }
  for file in "$tools"/apt/archives/*.deb; do
    dpkg-deb -x "$file" "$tools/root" >>"$log" 2>&1 || return 1
    rm -f -- "$file"
  done
}

# Where unpacked programs find the libraries that were unpacked with them.
unpacked_libraries() {
  [ -d "$DATA/tools/root" ] || return 0
  find "$DATA/tools/root/usr/lib" "$DATA/tools/root/lib" -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null | paste -sd:
}
