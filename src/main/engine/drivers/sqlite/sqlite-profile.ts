/** Settles the types of columns by what their rows hold, in one pass, or two where a declared type is contradicted. */
import type { DatabaseSync } from 'node:sqlite';
import type { Profile, ProfileRequest } from '../../driver/catalog.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { TableSchema } from '../../model/table-schema.ts';
import { conforms, contradictions, isHazard } from './sqlite-conformity.ts';
import { quoteName } from './sqlite-names.ts';
import { provenColumns, type Candidate, type ReadableFile } from './file-format/prove-types.ts';
import { rowidName } from './sqlite-page-source.ts';
import { scan, type Measure, type Origin } from './sqlite-scan.ts';
import { bytesType, floatType, integerType, textType } from './sqlite-types.ts';

export async function profileTable(file: ReadableFile, table: TableSchema, request: ProfileRequest): Promise<Profile> {
  const { database, throwIfEnded } = file;
  const candidates = table.columns.filter(({ name }) => request.settle.includes(name));
  const { name } = table.name;
  const origin: Origin = { from: quoteName(name), rowid: rowidName(table) };
  const hazards = request.hazards.map(({ column, hazard }): Measure => ({
    kind: 'sum',
    sql: isHazard(quoteName(column), hazard),
  }));
  // Hazards want a pass of SQL anyway.
  const mayProve = origin.rowid !== null && hazards.length === 0;
  const proven = mayProve ? await provenColumns(file, name, origin.rowid, candidates) : new Set<string>();
  const others = candidates.filter((candidate) => !proven.has(candidate.name));
  const { types, hazardCounts } = await settle(database, origin, others, hazards, throwIfEnded);
  const provenTypes = candidates
    .filter((candidate) => proven.has(candidate.name))
    .map((each) => [each.name, each.type] as const);
  return { types: new Map([...types, ...provenTypes]), hazardCounts };
}

/** `hazards`: counted in the same pass. */
export async function settle(
  database: DatabaseSync,
  origin: Origin,
  candidates: readonly Candidate[],
  hazards: readonly Measure[],
  throwIfEnded: () => void,
): Promise<Profile> {
  const questions = candidates.map(({ name, type }) => questionsOf(quoteName(name), type));
  const first = await scan(database, origin, [...questions.flatMap((each) => each.measures), ...hazards], throwIfEnded);
  const types = new Map<string, NeutralType>();
  const contradicted: Candidate[] = [];
  let at = 0;
  for (const [index, { measures, answer }] of questions.entries()) {
    const candidate = candidates[index]!;
    const settled = answer(first.slice(at, at + measures.length));
    at += measures.length;
    if (settled) types.set(candidate.name, settled);
    else contradicted.push(candidate);
  }
  const hazardCounts = first.slice(at);
  const second = contradicted.map(({ name, type }) => classQuestions(quoteName(name), type));
  const classes = await scan(
    database,
    origin,
    second.flatMap((each) => each.measures),
    throwIfEnded,
  );
  at = 0;
  for (const [index, { measures, answer }] of second.entries()) {
    types.set(contradicted[index]!.name, answer(classes.slice(at, at + measures.length))!);
    at += measures.length;
  }
  return { types, hazardCounts };
}

interface Questions {
  readonly measures: readonly Measure[];
  /** The type, or null: the candidate is contradicted. */
  readonly answer: (results: readonly number[]) => NeutralType | null;
}

const sum = (sql: string): Measure => ({ kind: 'sum', sql });

function questionsOf(c: string, type: NeutralType): Questions {
  const others = contradictions(c, type);
  // Nothing to contradict: what such a column is only its classes tell.
  if (others === null) return classQuestions(c, type);
  if (type.kind !== 'timestamp') {
    return { measures: [others], answer: ([count]) => (count === 0 ? type : null) };
  }
  return {
    // A `Z` makes a wall-clock time a moment; some with and some without are neither.
    measures: [others, sum(`iif(octet_length(${c}) > 19, substr(${c}, -1) = 'Z', 0)`), sum(`${c} IS NOT NULL`)],
    answer: ([count, moments, all]) => {
      if (count! > 0 || (moments! > 0 && moments! < all!)) return null;
      return moments! > 0 ? { kind: 'timestamptz', fraction: type.fraction } : type;
    },
  };
}

/** Decimals that a measured column is given room for. */
const measuredPrecision = 38;

/** The type that fits all values there are; `type` where there is none. */
function classQuestions(c: string, type: NeutralType): Questions {
  const isDate = type.kind === 'timestamp' || type.kind === 'timestamptz';
  const isSpan = type.kind === 'time';
  const digits = `CAST(${c} AS TEXT)`;
  const alternative = isDate
    ? conforms(c, { kind: 'date' })!
    : isSpan
      ? conforms(c, { ...type, span: 'duration' })!
      : '0';
  return {
    measures: [
      sum(`typeof(${c}) = 'integer'`),
      sum(`typeof(${c}) = 'real'`),
      sum(`typeof(${c}) = 'text'`),
      sum(`typeof(${c}) = 'blob'`),
      sum(`typeof(${c}) = 'integer' AND NOT ${c} BETWEEN -9007199254740992 AND 9007199254740992`),
      sum(alternative),
      // Digits after the point, those of a number with an exponent being beyond count.
      {
        kind: 'max',
        sql: `iif(typeof(${c}) = 'real', iif(${digits} GLOB '*[eIn]*', 1000, length(rtrim(${digits}, '0')) - instr(${digits}, '.')), 0)`,
      },
      { kind: 'max', sql: `iif(${c} < '', instr(ltrim(${digits}, '-') || '.', '.') - 1, 0)` },
    ],
    answer: (results) => {
      const [integers, reals, texts, blobs, largeIntegers, alternatives, scale, whole] = results as [
        ...[number, number, number, number],
        ...[number, number, number, number],
      ];
      const all = integers + reals + texts + blobs;
      if (all === 0) return type.kind === 'any' ? textType() : type;
      if (alternatives === all) return isDate ? { kind: 'date' } : ({ ...type, span: 'duration' } as NeutralType);
      if (blobs > 0) return integers + reals > 0 ? { kind: 'any' } : bytesType;
      if (texts > 0) return textType();
      if (type.kind === 'decimal' && whole + scale <= measuredPrecision) {
        return { kind: 'decimal', precision: measuredPrecision, scale };
      }
      if (reals === 0) return integerType(64);
      // A float would round integers beyond 2^53.
      return largeIntegers > 0 ? textType() : floatType;
    },
  };
}
