import { isBuiltin } from 'node:module';
import { findCycles, reachableFrom, readImportGraph, type Import, type SourceFiles } from './import-graph.ts';
import {
  driverRegistry,
  driversFolder,
  electronEntry,
  electronPackages,
  headlessEntry,
  maxLines,
  processModules,
  rooms,
  type Room,
} from './rules.ts';

const rulesFile = 'test/architecture/rules.ts';

/** One sentence for each place where the files break a rule. `dependencies` are the packages that the project ships with. */
export function checkGraph(files: SourceFiles, dependencies: readonly string[]): string[] {
  const imports = readImportGraph(files);
  return [
    ...[...files.keys()].filter((path) => !roomOf(path)).map((path) => `${path} is in no room: see ${rulesFile}`),
    ...imports.flatMap((found) => checkImport(found, dependencies)),
    ...imports.flatMap(checkDrivers),
    ...imports.filter(({ reexport }) => reexport).map(({ from }) => `${from} exports from another file: no barrels`),
    ...findCycles(imports).map((cycle) => `these import each other: ${cycle.join(', ')}`),
    ...checkReachable(electronEntry, imports, processModules),
    ...checkReachable(headlessEntry, imports, electronPackages),
    ...[...files].flatMap(([path, text]) => checkLength(path, text)),
  ];
}

function checkImport({ from, specifier, to, typeOnly }: Import, dependencies: readonly string[]): string[] {
  const room = roomOf(from);
  if (room === undefined) return [];
  if (specifier.startsWith('.')) {
    // Data, such as package.json: the compiler sees that it is there.
    if (specifier.endsWith('.json')) return [];
    if (to === null) return [`${from} imports ${specifier}, which does not exist`];
    const allowed = [room.path, ...room.imports].some((path) => isWithin(to, path));
    return allowed ? [] : [`${from} must not import ${to}`];
  }
  if (isBuiltin(specifier)) return room.builtins ? [] : [`${from} must not import Node's ${specifier}`];
  const name = packageOf(specifier);
  const allowed = room.packages === 'any' ? name !== 'electron' : room.packages.includes(name);
  if (!allowed && room.path !== 'test/') return [`${from} must not import the package ${name}`];
  const shipped = typeOnly || name === 'electron' || room.path === 'test/' || dependencies.includes(name);
  return shipped ? [] : [`${from} imports ${name}, which is not in the project's dependencies`];
}

/** A driver knows no other driver, and nothing but the registry knows a driver. */
function checkDrivers({ from, to }: Import): string[] {
  if (to === null || !to.startsWith(driversFolder) || !from.startsWith('src/')) return [];
  const allowed = from === driverRegistry || driverOf(from) === driverOf(to);
  return allowed ? [] : [`${from} must not import ${to}: drivers are loaded by the registry`];
}

/** Nothing that runs with `entry` loads one of `modules`. */
function checkReachable(entry: string, imports: readonly Import[], modules: readonly string[]): string[] {
  const ways = reachableFrom(entry, imports);
  return imports
    .filter(({ from, typeOnly }) => ways.has(from) && !typeOnly)
    .filter(({ specifier }) => modules.includes(isBuiltin(specifier) ? withPrefix(specifier) : packageOf(specifier)))
    .map(({ from, specifier }) => `${entry} must not load ${specifier}: ${ways.get(from)!.join(' -> ')}`);
}

function checkLength(path: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return lines > maxLines ? [`${path} has ${lines} lines, ${maxLines} is the most`] : [];
}

const roomOf = (file: string): Room | undefined => rooms.find(({ path }) => isWithin(file, path));

const isWithin = (file: string, path: string) => (path.endsWith('/') ? file.startsWith(path) : file === path);

const driverOf = (file: string) =>
  file.startsWith(driversFolder) ? file.slice(driversFolder.length).split('/')[0] : null;

const withPrefix = (builtin: string) => (builtin.startsWith('node:') ? builtin : `node:${builtin}`);

/** `@scope/name/part` -> `@scope/name`. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
