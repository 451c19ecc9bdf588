import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const guard = new URL('../../src/shared/node-version.js', import.meta.url).href;

/** Loads the guard in a Node.js that claims to be `version`. */
function loadIn(version: string) {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' });
    await import('${guard}'); console.log('went on');`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test.each(['20.20.2', '22.18.0', '9.11.2'])('Node.js %s is told what to do', (version) => {
  const { status, stdout, stderr } = loadIn(version);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(`Sluice needs Node.js 24, and this is ${version}.`);
  expect(stderr).toMatch('npx sluice');
});

test('Node.js 24 goes on', () => {
  expect(loadIn('24.0.0')).toEqual({ status: 0, stdout: 'went on\n', stderr: '' });
});
