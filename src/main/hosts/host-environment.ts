/** What of this process's environment a child gets: enough to find its files and speak its language, no secret. */

const everywhere = [
  ...['HOME', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'],
  // Where compiled code is kept: src/main/compile-cache.js.
  ...['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE'],
  // Certificates that administrators of the machine trust.
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  // Windows does not start programs without these.
  ...['SystemRoot', 'SystemDrive', 'windir', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'ProgramData'],
];

/** What a keychain needs to be found and to ask a person: the session's bus and display. */
const desktop = [
  ...['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CURRENT_DESKTOP'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'GNOME_KEYRING_CONTROL', 'USER', 'LOGNAME', 'PATH'],
];

type Environment = Readonly<Record<string, string | undefined>>;

export const plainEnvironment = (from: Environment) => pick(from, everywhere);

export const desktopEnvironment = (from: Environment) => pick(from, [...everywhere, ...desktop]);

function pick(from: Environment, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
