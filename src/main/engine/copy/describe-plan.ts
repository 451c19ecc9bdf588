import type { CopyPlan } from '../../../shared/model/copy-plan.ts';
import type { DatabaseKind } from '../../../shared/model/database-kind.ts';
import { loadDriver } from '../driver/registry.ts';
import type { ConvertPlan } from './convert-plan.ts';
import { foreignKeyStatementsOf, lateStatementsOf, clearStatements, createStatements } from './plan-convert.ts';

/** A plan as it goes to screens and answers: names and native types only, each table with its own statements. */
export async function describePlan({ tables, findings }: ConvertPlan, target: DatabaseKind): Promise<CopyPlan> {
  const { dialect } = await loadDriver(target);
  return {
    tables: tables.map((table) => {
      const { plan } = table;
      return {
        name: plan.label,
        target: plan.target.schema === null ? plan.target.name : `${plan.target.schema}.${plan.target.name}`,
        columns: plan.columns.map(({ source, target: to }) => ({
          name: source.name,
          type: source.nativeType,
          targetName: to.name,
          targetType: to.nativeType,
        })),
        estimatedRows: plan.estimatedRows,
        estimatedBytes: plan.estimatedBytes,
        ddl: [
          ...clearStatements(table, dialect),
          ...createStatements(table, dialect),
          ...lateStatementsOf(table, dialect).map(({ sql }) => sql),
          ...foreignKeyStatementsOf(table, dialect).map(({ sql }) => sql),
        ].filter((sql) => sql !== ''),
      };
    }),
    findings: [...findings],
  };
}
