/** How many questions about rows a source is asked. What they find is tested with the drivers. */
import { expect, test } from 'vitest';
import type { ProfileQuestion } from '../../../src/main/engine/driver/catalog.ts';
import type { Session } from '../../../src/main/engine/driver/driver.ts';
import { settleTypes } from '../../../src/main/engine/copy/settle-types.ts';
import { loadDriver } from '../../../src/main/engine/driver/registry.ts';
import type { TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import { rulesSchema } from '../../../src/shared/model/rules.ts';

const table = (name: string): TableSchema => ({
  name: { schema: 'public', name },
  kind: 'table',
  columns: [
    {
      ...{ name: 'd', nativeType: 'date', type: { kind: 'date' }, nullable: true, default: null, identity: null },
      ...{ generated: null, collation: null, comment: null, updatesToNow: false, invisible: false },
    },
  ],
  ...{ primaryKey: null, indexes: [], foreignKeys: [], checks: [], comment: null, partitioning: null, traits: [] },
});

/** Answers that a table holds as many hazards as its name says. */
const countOf = ({ table: { name } }: ProfileQuestion) => Number(name.name.slice(1));

test('small tables are asked about together, large ones each', async () => {
  const [sourceDriver, targetDriver] = await Promise.all([loadDriver('postgresql'), loadDriver('mysql')]);
  const asked: number[] = [];
  const answer = (questions: readonly ProfileQuestion[]) => {
    asked.push(questions.length);
    return questions.map((each) => ({ types: new Map(), hazardCounts: each.request.hazards.map(() => countOf(each)) }));
  };
  const catalog = {
    profile: async (schema: TableSchema, request: ProfileQuestion['request']) =>
      answer([{ table: schema, request }])[0]!,
    profileTogether: async (questions: readonly ProfileQuestion[]) => answer(questions),
  };
  const tables = Array.from({ length: 252 }, (_, number) => ({
    label: `t${number}`,
    schema: table(`t${number}`),
    isSmall: number % 126 !== 0,
  }));
  // Of a session only its catalog is asked, and of that only these two.
  const source = { catalog } as unknown as Session;
  const settling = { source, sourceDriver, targetDriver, rules: rulesSchema.parse({}), countHazards: true };
  const settled = await settleTypes(tables, settling);
  expect(asked.toSorted((one, other) => one - other)).toEqual([1, 1, 50, 100, 100]);
  for (const [place, each] of tables.entries()) {
    const messages = settled.get(each)!.findings.map(({ message }) => message);
    if (place > 0) expect(messages[0]).toContain(`of "t${place}" holds ${place} `);
    else expect(messages).toEqual([]);
  }
});
