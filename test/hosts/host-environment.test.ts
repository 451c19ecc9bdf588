import { expect, test } from 'vitest';
import { desktopEnvironment, plainEnvironment } from '../../src/main/hosts/host-environment.ts';

const given = {
  HOME: '/home/me',
  TZ: 'UTC',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus',
  PGPASSWORD: 'secret',
  SLUICE_API_KEY: 'secret',
  DB_PASSWORD: 'secret',
  NODE_OPTIONS: '--inspect',
  LC_ALL: undefined,
};

test('a child gets what it needs and nothing else', () => {
  expect(plainEnvironment(given)).toEqual({ HOME: '/home/me', TZ: 'UTC' });
  expect(desktopEnvironment(given)).toEqual({
    HOME: '/home/me',
    TZ: 'UTC',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus',
  });
});
