# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by tests/run and examples/run, which source it from the top of the tree.
# shellcheck shell=sh

# quietly LOG COMMAND…: its output goes to the log; the end of it is shown when it fails.
quietly() {
  quiet_log=$1
  shift
  mkdir -p "${quiet_log%/*}" || return 1
  "$@" >"$quiet_log" 2>&1 </dev/null && return 0
  tail -n 60 "$quiet_log" >&2
  echo "The whole log is in $quiet_log." >&2
  return 1
}

# The packages of .ci/packages for the given purposes.
wanted_packages() {
  for purpose in "$@"; do
    sed -n "s/^\([a-z0-9][^ ]*\)  *$purpose\$/\1/p" .ci/packages
  done
}

# … of which those that are not installed.
missing_packages() {
  for package in $(wanted_packages "$@"); do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=none
    [ "$status" = installed ] || echo "$package"
  done
}

# Installs what is missing; as an ordinary user says what that is, and fails.
install_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not a Debian: taking it that what .ci/packages lists is here." >&2
    return 0
  fi
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    {
      echo "These Debian packages are missing, and only root may install them:"
      echo "  $missing"
      echo "Install them with: apt-get install --no-install-recommends $missing"
    } >&2
    return 1
  fi
  echo "Installing: $missing"
  # A log outside the tree, which may not be ours to write to.
  apt_log=$(mktemp) || return 1
  # shellcheck disable=SC2086
  quietly "$apt_log" apt update && quietly "$apt_log" apt install $missing || return 1
  rm -f "$apt_log"
}

# Installs those of the "extra" packages that this Debian has. Never fails: the tests
# that want one say so when they are skipped.
install_extras() {
  command -v dpkg-query >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ] || return 0
  for package in $(missing_packages extra); do
    if apt-cache show "$package" >/dev/null 2>&1 || { apt update && apt-cache show "$package"; } >/dev/null 2>&1; then
      echo "Installing: $package"
      apt install "$package" >/dev/null 2>&1 </dev/null || echo "It could not be installed."
    fi
  done
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
    --no-install-recommends "$@"
}

# build DIR OPTION…: configures a build folder, or configures it anew, and compiles.
# A folder that another version of meson or another machine left is made again.
build() {
  dir=$1
  shift
  if [ -f "$dir/build.ninja" ] && meson setup --reconfigure "$dir" "$@"; then
    :
  else
    rm -rf "$dir"
    meson setup "$dir" "$@" || return 1
  fi
  meson compile -C "$dir"
}
