# shellcheck shell=bash
# Finds the two things that must be there before us: the .NET 10 SDK and Node.js.
# DIALER_LOOK_UNDER puts another root before the usual folders (here and for database servers): a tool set apart, or a test.

# come_first TOOL FOLDER: PATH is changed only when it would find another one.
come_first() { [ "$(command -v "$1")" = "$2/$1" ] || export PATH="$2:$PATH"; }

# Sets DOTNET; also looks where installers put it without touching PATH.
find_dotnet() {
  local folder
  for folder in "$(dirname -- "$(command -v dotnet || echo /nowhere/dotnet)")" "${DOTNET_ROOT:-/nowhere}" "${HOME:-/nowhere}/.dotnet" \
    "${DIALER_LOOK_UNDER:-}"/usr/{share,lib,local/share}/dotnet "${DIALER_LOOK_UNDER:-}/opt/dotnet"; do
    [ -x "$folder/dotnet" ] || continue
    if "$folder/dotnet" --list-sdks 2>/dev/null | grep -q '^10\.'; then
      DOTNET=$folder/dotnet
      come_first dotnet "$folder"
      export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1
      if [ ! -w "${HOME:-/nowhere}" ]; then export HOME=$DATA/home && mkdir -p -- "$HOME"; fi # packages and tools keep their caches there
      return
    fi
  done
  die "The .NET 10 SDK was not found." "Dialer is built on this machine, and neither PATH, DOTNET_ROOT nor the usual folders hold a dotnet with an SDK 10." \
    "install it (https://dotnet.microsoft.com/download/dotnet/10.0; Ubuntu: apt-get install dotnet-sdk-10.0), then run this again."
}

# Succeeds for a Node.js that the web app's tools accept (20.19 or newer; of 22, 22.12 or newer).
node_is_new_enough() {
  local major minor
  IFS=. read -r major minor _ <<<"$("$1" --version 2>/dev/null | tr -d v)"
  [[ ${major:-0} =~ ^[0-9]+$ ]] || return 1
  ((major > 22 || (major == 22 && minor >= 12) || (major == 20 && minor >= 19)))
}

find_node() {
  local folder found=''
  local -a folders
  mapfile -t folders < <(node_folders)
  for folder in "${folders[@]}"; do
    [ -x "$folder/node" ] || continue
    found+="$folder/node is $("$folder/node" --version 2>/dev/null || echo broken). "
    if node_is_new_enough "$folder/node" && { [ -x "$folder/npm" ] || command -v npm >/dev/null; }; then
      come_first node "$folder"
      return
    fi
  done
  die "Node.js 20.19 or newer (with npm) was not found." "the web pages are built on this machine. ${found:-No node is in PATH, in nvm or in the usual folders.}" \
    "install it (https://nodejs.org, version 20, 22 or newer), then run this again."
}

# PATH's own first, then what nvm keeps, newest first, then the usual folders.
node_folders() {
  local place
  place=$(command -v node) && dirname -- "$place"
  compgen -G "${NVM_DIR:-${HOME:-/nowhere}/.nvm}/versions/node/*/bin" | sort -rV || true
  printf '%s\n' "${DIALER_LOOK_UNDER:-}"/{usr/local,usr,opt/node}/bin
}
