/**
 * The types that the engine speaks between databases. Each has one canonical text (docs/row-text.md); a driver maps its
 * native types to these and back, and no driver knows another driver's types.
 */
export type NeutralType =
  | { readonly kind: 'boolean' }
  /** `bits` 8, 16, 24, 32 or 64. Canonical text: decimal digits. */
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 24 | 32 | 64; readonly unsigned: boolean }
  /** `precision` and `scale` null: unbounded, as PostgreSQL's bare `numeric`. Canonical text: exact digits, also `NaN`, `Infinity`. */
  | { readonly kind: 'decimal'; readonly precision: number | null; readonly scale: number | null }
  /** Canonical text of both widths: shortest text that reads back to the same float64; `NaN`, `Infinity`, `-Infinity`. */
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  /**
   * `length` in characters, null: unlimited. `fixed`: CHAR(n), trailing blanks not significant.
   * `ignoresCase`: the source compares this text without regard to case (`_ci`, NOCASE, citext).
   */
  | { readonly kind: 'text'; readonly length: number | null; readonly fixed: boolean; readonly ignoresCase: boolean }
  /** `length` in bytes, null: unlimited. Canonical text `\x` and lower-case hex. */
  | { readonly kind: 'bytes'; readonly length: number | null; readonly fixed: boolean }
  | { readonly kind: 'date' }
  /**
   * `[-]H+:MM:SS[.ffffff]`. `span` `day`: 00:00:00 to 24:00:00; `duration`: MySQL's TIME, -838:59:59 to 838:59:59.
   * `fraction`: digits of a second declared, 0 to 6.
   */
  | { readonly kind: 'time'; readonly span: 'day' | 'duration'; readonly fraction: number }
  /** Wall-clock time `YYYY-MM-DD HH:MM:SS[.ffffff]`, fraction without trailing zeros. */
  | { readonly kind: 'timestamp'; readonly fraction: number }
  /** A moment, written in UTC without suffix in the form of `timestamp`. */
  | { readonly kind: 'timestamptz'; readonly fraction: number }
  /** ISO 8601 duration, e.g. `P1Y2M3DT4H5M6.5S`. */
  | { readonly kind: 'interval' }
  /** Lower-case 8-4-4-4-12 text. */
  | { readonly kind: 'uuid' }
  /** `form` `binary`: keys are unique and white space is gone (jsonb, MySQL JSON); `text`: kept verbatim. */
  | { readonly kind: 'json'; readonly form: 'binary' | 'text' }
  /** `0` and `1` characters. `varying` false: exactly `length`. `length` null: unlimited. */
  | { readonly kind: 'bits'; readonly length: number | null; readonly varying: boolean }
  /** Canonical text: the label. `name`: the PostgreSQL type's name, null where the enum has none. */
  | { readonly kind: 'enum'; readonly labels: readonly string[]; readonly name: string | null }
  /** Canonical text: labels joined by commas, in declaration order. */
  | { readonly kind: 'set'; readonly labels: readonly string[] }
  /** Canonical text: a JSON array. */
  | { readonly kind: 'array'; readonly element: NeutralType }
  /** Canonical text: EWKB in lower-case hex (SRID included when not 0), no prefix. */
  | { readonly kind: 'geometry'; readonly shape: string; readonly srid: number | null }
  /**
   * SQLite's untyped values: each carries its own storage class. Canonical text: SQLite literal (`1`, `1.5`, `'text'`,
   * `x'00ff'`), which only SQLite writes back; elsewhere the plan picks text.
   */
  | { readonly kind: 'any' }
  /**
   * A type that only its own family understands, moved as that family's native text. Also what the plan puts on the wire
   * for any type when both ends are of one family and nothing is gained by translating.
   */
  | { readonly kind: 'native'; readonly family: DatabaseFamily; readonly type: string };

export type NeutralKind = NeutralType['kind'];

/** Databases that read each other's native text. */
export type DatabaseFamily = 'postgres' | 'mysql' | 'sqlite';
