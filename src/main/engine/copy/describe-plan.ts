import type { CopyPlan } from '../../../shared/model/copy-plan.ts';
import type { DatabaseKind } from '../../../shared/model/database-kind.ts';
import { loadDriver } from '../driver/registry.ts';
import type { TableName } from '../model/table-schema.ts';
import type { ConvertPlan } from './convert-plan.ts';
import { foreignKeyStatementsOf, lateStatementsOf, clearStatements, createStatements } from './plan-convert.ts';

const nameOf = ({ schema, name }: TableName) => (schema === null ? name : `${schema}.${name}`);

/** A plan as it goes to screens and answers: names and native types only, each table with its own statements. */
export async function describePlan({ tables, views, findings }: ConvertPlan, target: DatabaseKind): Promise<CopyPlan> {
  const { dialect } = await loadDriver(target);
  return {
    tables: tables.map((table) => {
      const { plan } = table;
      return {
        name: plan.label,
        target: nameOf(plan.target),
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
    views: views.map(({ label, view }) => ({
      name: label,
      target: nameOf(view.name),
      ddl: dialect.viewStatements(view).map(({ sql }) => sql),
    })),
    findings: [...findings],
  };
}
