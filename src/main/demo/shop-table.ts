import type { Random } from './random.ts';

/** A value as SQLite takes it. */
export type Value = string | number | bigint | null | Uint8Array;

/** Rows of each table of a sample of a given size. */
export type ShopSizes = Readonly<Record<string, number>>;

export interface ShopTable {
  readonly name: string;
  /** Rows in a sample of a million; other samples have a proportional number, at least `fewest`. */
  readonly share: number;
  readonly fewest: number;
  /** CREATE TABLE, then what comes after the rows. */
  readonly sql: string;
  readonly indexes: readonly string[];
  /** Values of a row in the order of the columns. `index` counts from 0. */
  row(index: number, random: Random, sizes: ShopSizes): Value[];
}

/** 1999 => `19.99`: money is never a binary fraction. */
export function money(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

const firstMoment = Date.UTC(2019, 0, 1);
const spanSeconds = 6 * 365 * 86_400;

/** `YYYY-MM-DD HH:MM:SS` of some moment in six years. */
export function moment(random: Random): string {
  return new Date(firstMoment + random.below(spanSeconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** The same with up to six digits of a second, without trailing zeros. */
export function exactMoment(random: Random): string {
  const digits = String(random.below(1_000_000)).padStart(6, '0').replace(/0+$/, '');
  return digits === '' ? moment(random) : `${moment(random)}.${digits}`;
}

export const orNull = <Item>(random: Random, percent: number, make: () => Item): Item | null =>
  random.chance(percent) ? null : make();

/** Spreads `children` over `parents` one after the other: which parent, and the how-manieth child of it. */
export function childOf(index: number, children: number, parents: number): { parent: number; place: number } {
  const least = Math.floor(children / parents);
  const withOneMore = children % parents;
  const split = withOneMore * (least + 1);
  if (index < split) return { parent: Math.floor(index / (least + 1)), place: index % (least + 1) };
  const rest = index - split;
  return { parent: withOneMore + Math.floor(rest / least), place: rest % least };
}
