/** The import graph of a set of source files: static, dynamic and type imports, in TypeScript, JavaScript and Vue. */
import { posix } from 'node:path';
import ts from 'typescript';
import { parse as parseVue } from 'vue/compiler-sfc';

/** Path from the project's root, with slashes -> text. */
export type SourceFiles = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  /** As written, without a bundler's `?suffix`. */
  readonly specifier: string;
  /** The file that it names; null for a package, and for a relative path that leads nowhere. */
  readonly to: string | null;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
  /** `export ... from`. */
  readonly reexport: boolean;
}

/** All imports of all files, in order. */
export function readImportGraph(files: SourceFiles): Import[] {
  return [...files].flatMap(([path, text]) =>
    readImports(path, text).map((found) => {
      const specifier = found.specifier.replace(/\?.*$/, '');
      const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
      return { ...found, from: path, specifier, to: target !== null && files.has(target) ? target : null };
    }),
  );
}

type FoundImport = Pick<Import, 'specifier' | 'typeOnly' | 'reexport'>;

function readImports(path: string, text: string): FoundImport[] {
  const found: FoundImport[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsOnlyTypes(node), false);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly, true);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true, false);
    else if (ts.isCallExpression(node) && loadsModule(node)) add(node.arguments[0], false, false);
    ts.forEachChild(node, visit);
  };
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, reexport: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, typeOnly, reexport });
  };
  for (const script of scriptsOf(path, text)) visit(ts.createSourceFile(path, script, ts.ScriptTarget.Latest));
  return found;
}

function scriptsOf(path: string, text: string): string[] {
  if (!path.endsWith('.vue')) return [text];
  const { script, scriptSetup } = parseVue(text, { sourceMap: false, ignoreEmpty: true }).descriptor;
  return [script, scriptSetup].flatMap((block) => (block === null ? [] : [block.content]));
}

/** `import { type A } from` is none: with verbatimModuleSyntax it stays in the program and loads the file. */
function importsOnlyTypes({ importClause }: ts.ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function loadsModule({ expression }: ts.CallExpression): boolean {
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

/** Groups of files that import each other in a circle, each sorted; type imports count. */
export function findCycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) if (to !== null) targets.set(from, [...(targets.get(from) ?? []), to]);
  // Tarjan: files of one circle share the lowest index that they reach.
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string) => {
    const index = indexes.size;
    indexes.set(file, index);
    lowest.set(file, index);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!indexes.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== index) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || targets.get(file)?.includes(file)) cycles.push(group.sort());
  };
  for (const file of targets.keys()) if (!indexes.has(file)) visit(file);
  return cycles;
}

/** Files that run when `entry` does, each with the imports that lead to it: `entry -> a -> b`. */
export function reachableFrom(entry: string, imports: readonly Import[]): Map<string, string[]> {
  const ways = new Map([[entry, [entry]]]);
  for (const [file, way] of ways)
    for (const { from, to, typeOnly } of imports)
      if (from === file && to !== null && !typeOnly && !ways.has(to)) ways.set(to, [...way, to]);
  return ways;
}
