/** What SHOW GRANTS says of one database. */
import { expect, test } from 'vitest';
import { readGrants } from '../../../src/main/engine/drivers/mysql/mysql-grants.ts';

const usage = 'GRANT USAGE ON *.* TO `u`@`%`';

test.each([
  ['on everything', 'GRANT SELECT, RELOAD ON *.* TO `u`@`%`', { SELECT: true, RELOAD: true, INSERT: false }],
  ['on the database', 'GRANT ALL PRIVILEGES ON `shop`.* TO `u`@`%`', { SELECT: true, RELOAD: false }],
  ['on databases of a pattern', 'GRANT SELECT ON `sh%`.* TO `u`@`%`', { SELECT: true }],
  ['on another database', 'GRANT SELECT ON `shop2`.* TO `u`@`%`', { SELECT: false }],
  ['on routines', 'GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `u`@`%`', { EXECUTE: false }],
  ['of another user', "GRANT PROXY ON ''@'%' TO 'u'@'%' WITH GRANT OPTION", { SELECT: false }],
])('privileges %s', (_, line, expected) => {
  const { has, complete, onTables } = readGrants([usage, line], 'shop');
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, has(name)]))).toEqual(expected);
  expect({ complete, onTables }).toEqual({ complete: true, onTables: false });
});

test('privileges on tables are of these alone, and of columns of no table', () => {
  const lines = [
    usage,
    'GRANT SELECT, INSERT ON `shop`.`odd``name` TO `u`@`%`',
    'GRANT SELECT (`a`), UPDATE ON `shop`.`item` TO `u`@`%`',
    'GRANT SELECT ON `shop2`.`item` TO `u`@`%`',
  ];
  const { has, onTables } = readGrants(lines, 'shop');
  expect([has('SELECT'), has('SELECT', 'odd`name'), has('SELECT', 'item'), has('UPDATE', 'item')]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(onTables).toBe(true);
});

test.each(['GRANT `reader`@`%` TO `u`@`%`', 'REVOKE SELECT ON `shop`.* FROM `u`@`%`'])(
  'what cannot be told is said so: %s',
  (line) => {
    expect(readGrants([usage, line], 'shop').complete).toBe(false);
  },
);
