# shellcheck shell=bash
# Finds the two things that must be there before us: the .NET 10 SDK and Node.js.

# Sets DOTNET; also looks where installers put it without touching PATH.
find_dotnet() {
  local folder
  for folder in "$(dirname -- "$(command -v dotnet || echo /nowhere/dotnet)")" "${DOTNET_ROOT:-/nowhere}" "${HOME:-/nowhere}/.dotnet" \
    /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /opt/dotnet; do
    [ -x "$folder/dotnet" ] || continue
    if "$folder/dotnet" --list-sdks 2>/dev/null | grep -q '^10\.'; then
      DOTNET=$folder/dotnet
      export PATH="$folder:$PATH" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1
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
    if node_is_new_enough "$folder/node" && [ -x "$folder/npm" ]; then
      export PATH="$folder:$PATH"
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
  printf '%s\n' /usr/local/bin /usr/bin /opt/node/bin
}
