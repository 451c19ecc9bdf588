#!/usr/bin/env bash
# Unpacks a real MySQL server and every library it needs into DEST/root. Nothing is installed: the packages are only
# downloaded and extracted (60 MB to fetch, 350 MB on disk). They come from the mirror that this machine's apt uses:
# Debian's own releases have no MySQL, therefore its unstable one; Ubuntu has it in each release.
#   usage: get-mysql.sh DEST
set -euo pipefail
dest=$(realpath -m "$1")
work=$dest/apt
options=(-o Dir::State="$work/state" -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status"
  -o Dir::Cache="$work/cache" -o Dir::Cache::archives="$work/archives" -o APT::Sandbox::User=
  -o APT::Install-Recommends=false -o Debug::NoLocking=1 -o Acquire::Languages=none)
. /etc/os-release
case $ID in
debian)
  mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
    sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +([^ ]+\/debian)\/?( .*)?$/\3/p' | head -n 1)
  [ -n "$mirror" ] || { echo "get-mysql: no Debian mirror in /etc/apt" >&2; exit 1; }
  package=mysql-server-core
  options+=(-o Dir::Etc::sourcelist="$work/unstable.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferences=/dev/null
    -o Dir::Etc::preferencesparts=/dev/null)
  ;;
ubuntu) package=default-mysql-server-core ;;
*) echo "get-mysql: neither Debian nor Ubuntu" >&2; exit 1 ;;
esac
rm -rf "$dest"
mkdir -p "$work"/{lists/partial,archives/partial,cache,state} "$dest/unpacked"
# No package counts as installed, so that apt fetches all libraries.
: >"$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror-} unstable main" >"$work/unstable.list"
apt-get "${options[@]}" -qq update
apt-get "${options[@]}" -qq install -y --download-only "$package" >/dev/null
for archive in "$work"/archives/*.deb; do dpkg-deb -x "$archive" "$dest/unpacked"; done
rm -rf "$work" "$dest"/unpacked/usr/share/{doc,man,locale}
[ -x "$dest/unpacked/usr/sbin/mysqld" ] || { echo "get-mysql: no mysqld in the packages" >&2; exit 1; }
# Under its final name only when complete.
mv "$dest/unpacked" "$dest/root"
