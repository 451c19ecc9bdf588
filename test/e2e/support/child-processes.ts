import { execFileSync } from 'node:child_process';

export interface ChildProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes that `pid` started and that are alive. */
export function childrenOf(pid: number): ChildProcess[] {
  const table = execFileSync('ps', ['-eo', 'ppid=,pid=,stat=,args='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[1]) === pid && !match[3]!.startsWith('Z'))
    .map((match) => ({ pid: Number(match![2]), command: match![4]! }));
}
