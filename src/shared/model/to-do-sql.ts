/** What a copy left to do by hand, as an SQL file that runs nothing: every statement in it is a comment. Pure. */
import { databaseTitles, type DatabaseKind } from './database-kind.ts';
import type { Finding } from './finding.ts';
import { groupFindings } from './group-findings.ts';

export interface ToDoEnds {
  readonly source: DatabaseKind;
  readonly target: DatabaseKind;
}

interface Task {
  /** What is to be done. */
  readonly task: (ends: ToDoEnds) => string;
  /** Whose SQL the finding's statement is. */
  readonly statement: keyof ToDoEnds;
}

/** MySQL and MariaDB read each other's SQL. */
const isFamily = ({ source, target }: ToDoEnds) =>
  source === target || ![source, target].some((kind) => kind !== 'mysql' && kind !== 'mariadb');

const write =
  (what: string): Task['task'] =>
  (ends) =>
    isFamily(ends)
      ? `Run it on the target, once what it uses is there: ${what}.`
      : `Write it for ${databaseTitles[ends.target]}: ${what}.`;
const say =
  (text: string): Task['task'] =>
  () =>
    text;

/**
 * The codes of findings that leave something to do, in the order in which it is best done: what others use comes first.
 * Others explain a choice or tell of values.
 */
const tasks: Readonly<Record<string, Task>> = {
  extension_not_copied: { task: say('Create it where the target has it and something uses it.'), statement: 'source' },
  type_not_copied: { task: write('nothing that was copied uses it'), statement: 'source' },
  sequence_not_copied: { task: write('set it to the number that the source is at'), statement: 'source' },
  foreign_table_not_copied: { task: write('its rows live in another database'), statement: 'source' },
  virtual_table_not_copied: { task: write('its rows come from a module of SQLite'), statement: 'source' },
  identity_dropped: { task: say('Have whoever inserts rows give the number.'), statement: 'target' },
  identity_increment: { task: say('See that nothing counts on the steps.'), statement: 'target' },
  default_dropped: { task: write('the default of the column'), statement: 'source' },
  generated_dropped: { task: write('the column holds the values of now'), statement: 'source' },
  on_update_dropped: { task: say('Run it, or have whoever updates rows set the time.'), statement: 'target' },
  case_insensitive_text: { task: say('Where searches must ignore case, run it.'), statement: 'target' },
  unique_ignored_case: { task: say('Where such texts must stay unique, run it.'), statement: 'target' },
  geometry_as_text: { task: say('Where PostGIS is there, run it.'), statement: 'target' },
  type_as_text: { task: say('See whether text will do.'), statement: 'target' },
  key_dropped: { task: say('Make a key of the columns that are there, if one is needed.'), statement: 'source' },
  check_dropped: { task: write('the check of the table'), statement: 'source' },
  index_dropped: { task: write('an index that serves the same queries'), statement: 'source' },
  index_changed: { task: say('See whether the changed index will do.'), statement: 'source' },
  foreign_key_not_enforced: { task: say('Mend the rows that break it, then run it.'), statement: 'target' },
  foreign_key_action: { task: say('Write a trigger, or have whoever deletes rows do it.'), statement: 'source' },
  srid_not_enforced: { task: say('Run it to refuse shapes of other SRIDs.'), statement: 'target' },
  foreign_key_match: { task: say('Run it to refuse such rows.'), statement: 'target' },
  constraint_not_copied: { task: write('rows must keep to it, or are to be looked at first'), statement: 'source' },
  index_not_copied: { task: write('an index of a part of a table, or one that was not finished'), statement: 'source' },
  view_not_copied: { task: write('it shows rows of other tables'), statement: 'source' },
  view_exists: { task: say('Compare it with the one that the target has.'), statement: 'source' },
  routine_not_copied: { task: write('a routine'), statement: 'source' },
  trigger_not_copied: { task: write('it did not run for the rows that were copied'), statement: 'source' },
  event_not_copied: { task: write('it runs by itself at its times'), statement: 'source' },
  rule_not_copied: { task: write('it changes what statements do'), statement: 'source' },
  policy_not_copied: { task: write('without it every user sees every row'), statement: 'source' },
  setting_not_copied: { task: write('how it is kept, which changes no value'), statement: 'source' },
  comment_not_copied: { task: write('a comment'), statement: 'source' },
  object_not_copied: { task: say('Make it by hand where something uses it.'), statement: 'source' },
  history_not_copied: { task: write('earlier versions of rows stay behind'), statement: 'source' },
  grant_not_copied: { task: say('Grant it to the users of the target.'), statement: 'source' },
};

const order = Object.keys(tasks);

/** Those that leave something to do, in the order of the file. */
export function toDoOf(findings: readonly Finding[]): Finding[] {
  return findings
    .filter(({ code, severity }) => severity !== 'error' && Object.hasOwn(tasks, code))
    .toSorted((left, right) => order.indexOf(left.code) - order.indexOf(right.code));
}

/** null: there is nothing to do. */
export function toDoSql(findings: readonly Finding[], ends: ToDoEnds): string | null {
  const sections = groupFindings(toDoOf(findings)).map(({ message, places, findings: alike }, index) => {
    const { task, statement: whose } = tasks[alike[0].code]!;
    const statements = [...new Set(alike.flatMap(({ statement }) => statement ?? []))];
    const lines = [
      `${index + 1}. ${message}`,
      ...(places === null ? [] : [`They are: ${places}`]),
      `To do: ${task(ends)}`,
      ...(statements.length === 0 ? [] : ['', `In the ${whose}'s SQL (${databaseTitles[ends[whose]]}):`]),
      ...statements.flatMap((statement) => statementText(statement, statements.length > 1).split(/\r\n|\r|\n/)),
    ];
    return lines.map((line) => `-- ${line}`.trimEnd()).join('\n');
  });
  if (sections.length === 0) return null;
  const head = [
    `What was not carried over from ${databaseTitles[ends.source]} to ${databaseTitles[ends.target]}, what is to be done first at the top.`,
    'All of it is comments, so that running this file changes nothing: take out the marks of what you want to run.',
  ];
  return `${head.map((line) => `-- ${line}`).join('\n')}\n\n${sections.join(`\n\n`)}\n`;
}

/** Several stand one below the other, so that each must end. */
const statementText = (statement: string, isOneOfMany: boolean): string =>
  `${statement.trimEnd()}${isOneOfMany && !statement.trimEnd().endsWith(';') ? ';' : ''}`;
