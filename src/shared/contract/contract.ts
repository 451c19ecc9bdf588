/** The gathering table: every operation of every door. REST routes, IPC channels, the OpenAPI document and clients derive from it. */
import type { z } from 'zod';
import type { ErrorData } from '../errors/sluice-error.ts';
import { connectionOperations } from './connections.ts';
import { serverOperations } from './server.ts';
import { streamConfigOperations } from './stream-configs.ts';
import { streamOperations } from './streams.ts';

export const operations = {
  ...connectionOperations,
  ...streamConfigOperations,
  ...streamOperations,
  ...serverOperations,
};

type Operations = typeof operations;
export type OperationName = keyof Operations;

export const operationNames = Object.keys(operations) as OperationName[];

/** What a caller gives: fields with a default may be left out. */
export type OperationInput<Name extends OperationName> = z.input<Operations[Name]['input']>;
/** What a handler gets. */
export type CheckedInput<Name extends OperationName> = z.output<Operations[Name]['input']>;
/** What both see as the answer. */
export type OperationOutput<Name extends OperationName> = z.input<Operations[Name]['output']>;

/** An answer as data: what crosses a process boundary, where a thrown error would lose all but its message. */
export type Reply<Name extends OperationName> =
  { readonly ok: true; readonly value: OperationOutput<Name> } | { readonly ok: false; readonly error: ErrorData };

/** The typed client that every door offers. */
export type Call = <Name extends OperationName>(name: Name, input: OperationInput<Name>) => Promise<Reply<Name>>;
