#!/usr/bin/env bash
# Runs a command in a desktop session of its own with a real Secret Service: gnome-keyring on a private bus, in a private
# home, with the keyring in the state that a test needs.
#   usage: with-keyring.sh unlocked|locked|frozen COMMAND [ARG...]
# `locked`: nobody can unlock it, since there is no display. `frozen`: the service never answers, as one whose question for
# the password stays open.
set -euo pipefail
home=$(mktemp -d)
trap 'kill -KILL $(cat "$home/keyring-pid" 2>/dev/null) 2>/dev/null || true; rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
export HOME=$home XDG_RUNTIME_DIR=$home/run KEYRING_STATE=$1
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME DISPLAY WAYLAND_DISPLAY
shift

dbus-run-session -- bash -euo pipefail -c '
  ask() { dbus-send --session --print-reply "$@"; }
  printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null
  # The daemon takes its name on the bus a moment after it has said that it runs.
  for _ in $(seq 100); do
    ask --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner \
      string:org.freedesktop.secrets | grep -q "boolean true" && break
    sleep 0.05
  done
  pid=$(ask --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | sed -n "s/.*uint32 //p")
  echo "$pid" > "$HOME/keyring-pid"
  case $KEYRING_STATE in
    locked) ask --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
      array:objpath:/org/freedesktop/secrets/collection/login >/dev/null ;;
    frozen) kill -STOP "$pid" ;;
  esac
  "$@"
' _ "$@" 2> "$home/errors" || { code=$?; cat "$home/errors" >&2; exit "$code"; }
