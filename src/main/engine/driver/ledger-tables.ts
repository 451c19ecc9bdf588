/** Tables of ours in a target, there while a stream of it is not done (SPEC 4): chunks and positions. */
export const ledgerTables = ['_sluice_chunks', '_sluice_positions'] as const;
