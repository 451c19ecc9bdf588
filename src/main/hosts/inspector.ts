import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { CopyPlan, ProfileReport, VerifyResult } from '../../shared/model/copy-plan.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { StreamOptions } from '../../shared/model/stream-config.ts';
import type { DatabaseListing, Preview, ServerStatus, Structure } from '../../shared/model/structure.ts';

export interface InspectorCall {
  /** Beyond it the call rejects with `deadline_exceeded`, and what it runs in the server is cancelled. */
  readonly timeoutMs: number;
  /** Aborting it cancels in the server; the call rejects with `cancelled`. */
  readonly signal: AbortSignal;
}

/** Both ends of a stream, with resolved secrets. */
export interface StreamEnds {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly options: StreamOptions;
}

export interface Survey {
  /** Names the target database so that two connections to one database agree (ServerFacts.identity). */
  readonly database: string;
  /** Every target table that a run would write, `schema.table` where the target has schemas. */
  readonly tables: readonly string[];
}

/**
 * Everything that touches a user's database beside a running stream. It works in a process of its own, so that a hang or
 * a crash of a driver costs one call. Every call may reject with a SluiceError of the codes that a driver's connect has.
 */
export interface Inspector {
  ping(settings: ConnectionSettings, call: InspectorCall): Promise<ServerStatus>;
  databases(settings: ConnectionSettings, call: InspectorCall): Promise<DatabaseListing[]>;
  createDatabase(settings: ConnectionSettings, name: string, call: InspectorCall): Promise<void>;
  createSchema(settings: ConnectionSettings, name: string, call: InspectorCall): Promise<void>;
  /** `schema.table` outside the default schema. */
  tables(settings: ConnectionSettings, call: InspectorCall): Promise<string[]>;
  views(settings: ConnectionSettings, call: InspectorCall): Promise<string[]>;
  structure(settings: ConnectionSettings, call: InspectorCall): Promise<Structure>;
  /** Rejects with `table_missing`. */
  preview(
    settings: ConnectionSettings,
    page: { readonly table: string; readonly limit: number; readonly offset: number },
    call: InspectorCall,
  ): Promise<Preview>;
  preflight(
    settings: ConnectionSettings,
    use: { readonly role: 'source' | 'target'; readonly mode: 'convert' | 'cdc' },
    call: InspectorCall,
  ): Promise<Finding[]>;
  /** Connects to both ends and finds out which tables a run would write. Reads no rows and writes nothing. */
  survey(ends: StreamEnds, call: InspectorCall): Promise<Survey>;
  plan(ends: StreamEnds, call: InspectorCall): Promise<CopyPlan>;
  profile(ends: StreamEnds, call: InspectorCall): Promise<ProfileReport>;
  verify(ends: StreamEnds, call: InspectorCall): Promise<VerifyResult>;
  /** Compares, copies the rows again that differ, and says how both ends compare then. */
  repair(ends: StreamEnds, call: InspectorCall): Promise<VerifyResult>;
  /** Drops what a stream keeps in its databases: ledger entries, slot, publication, triggers. Returns what could not be dropped. */
  release(ends: StreamEnds, streamId: string, call: InspectorCall): Promise<Finding[]>;
}
