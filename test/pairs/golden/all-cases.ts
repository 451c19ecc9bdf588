/** The golden table. */
import { binaryCases } from './binaries.ts';
import { dateCases } from './dates.ts';
import { decimalCases } from './decimals.ts';
import { floatCases } from './floats.ts';
import type { GoldenCase } from './golden-case.ts';
import { integerCases } from './integers.ts';
import { jsonCases } from './json.ts';
import { labelCases } from './labels.ts';
import { postgresCases } from './postgres-types.ts';
import { ruleCases } from './rules.ts';
import { spatialCases } from './spatial.ts';
import { sqliteCases } from './sqlite-values.ts';
import { textCases } from './texts.ts';
import { timeCases } from './times.ts';

export const goldenCases: readonly GoldenCase[] = [
  ...integerCases,
  ...decimalCases,
  ...floatCases,
  ...textCases,
  ...binaryCases,
  ...dateCases,
  ...timeCases,
  ...labelCases,
  ...jsonCases,
  ...postgresCases,
  ...spatialCases,
  ...sqliteCases,
  ...ruleCases,
];
