import { spawn, type SpawnOptions } from 'node:child_process';

/** Runs a program to its end, without input. Returns what it printed; rejects with it if it fails. */
export function runProgram(program: string, options: readonly string[], settings: SpawnOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { ...settings, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      log += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code ?? signal}: ${log.slice(-2000).trim()}`));
    });
  });
}
