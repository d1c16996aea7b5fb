import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ts from 'typescript';
import { entryPoints, sourceOf } from './entry-points.ts';
import { extensionLines } from './extensions.ts';
import { sourcesIn } from './sources.ts';

/**
 * Counts what a reader of the sources meets: files, lines, folders, exported names.
 *
 * `npm run structure` prints tables, with `-- --json` what they are made of, and with `-- --compare before.json` two
 * such counts side by side.
 */
interface Structure {
  readonly files: number;
  readonly lines: number;
  readonly codeLines: number;
  /** Files of at most {@link small} lines of code. */
  readonly smallFiles: readonly { readonly path: string; readonly code: number; readonly isIndex: boolean }[];
  /** The files that lie in each folder itself, and in all below it. */
  readonly folders: Readonly<Record<string, { readonly own: number; readonly all: number }>>;
  /** Exported names of the root (`index`) and of each subpath. */
  readonly exported: Readonly<Record<string, { readonly values: number; readonly types: number }>>;
  /** Names that more than one source file declares and exports, with the files. */
  readonly declaredTwice: Readonly<Record<string, readonly string[]>>;
  /** Names at the root that are a {@link genericNouns generic noun}. */
  readonly genericAtRoot: readonly string[];
  /** Types at the root whose name is one word. */
  readonly oneWordTypesAtRoot: readonly string[];
  /** Lines of each extension on the page of extensions. */
  readonly extensions: Readonly<Record<string, number>>;
}

/** Lines of code up to which a file counts as small. */
const small = 12;
/** Files in a folder up to which it can be read as a list. */
const readable = 20;

/** Nouns that a reader's own code, the browser or another part of the library may mean otherwise. */
const genericNouns = new Set(
  `Addresses Bin Box Bytes Change Choice Considered Count Cut Entry Extreme Field Function Given Graph Head Image Index Io Item
  Kept Kind Label Labels Layer List Map Mask Match Merge Name Need Node Number Numbers Operand Option Options Order Output Overlap
  Pair Parameters Part Place Placement Plan Point Position Range Record Rectangle Region Result Row Rows Sample Scalar
  Shape Site Size Source Split Step Store Table Tally Trace Type Unit Value Values View Window Windows`.split(/\s+/),
);

const paths = sourcesIn('src');
const before = argumentOf('--compare');
if (process.argv.includes('--json')) console.log(JSON.stringify(structure(), undefined, 2));
else print(structure(), before === undefined ? undefined : (JSON.parse(readFileSync(before, 'utf8')) as Structure));

function structure(): Structure {
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  const code = new Map([...texts].map(([path, text]) => [path, codeLinesOf(path, text)]));
  const program = ts.createProgram(paths, compilerOptions());
  const root = exportsOf(program, 'src/index.ts');
  const types = root.filter((symbol) => !isValue(program, symbol)).map(({ name }) => name);
  return {
    files: paths.length,
    lines: sum([...texts.values()].map((text) => text.split('\n').length - 1)),
    codeLines: sum([...code.values()]),
    smallFiles: [...code]
      .filter(([, lines]) => lines <= small)
      .map(([path, lines]) => ({ path, code: lines, isIndex: path.endsWith('/index.ts') })),
    folders: foldersOf(),
    exported: Object.fromEntries(entryPoints().map((entry) => [entry, countOf(program, sourceOf(entry))])),
    declaredTwice: declaredTwice(program),
    genericAtRoot: root.map(({ name }) => name).filter((name) => genericNouns.has(name)),
    oneWordTypesAtRoot: types.filter((name) => /^[A-Z][a-z0-9]*$/.test(name)),
    extensions: extensionLines(),
  };
}

/** Lines with a token on them: neither blank nor comment alone. */
function codeLinesOf(path: string, text: string): number {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    if (children.length) children.forEach(visit);
    else if (node.getWidth(source)) for (const line of linesOf(source, node)) lines.add(line);
  };
  visit(source);
  return lines.size;
}

// A template may go over many lines.
function linesOf(source: ts.SourceFile, node: ts.Node): number[] {
  const [from, to] = [node.getStart(source), node.getEnd()].map((at) => source.getLineAndCharacterOfPosition(at).line);
  return Array.from({ length: (to as number) - (from as number) + 1 }, (_, i) => (from as number) + i);
}

function foldersOf(): Structure['folders'] {
  const folders = new Map<string, { own: number; all: number }>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const { own, all } = folders.get(folder) ?? { own: 0, all: 0 };
      folders.set(folder, { own: own + Number(dirname(path) === folder), all: all + 1 });
    }
  }
  return Object.fromEntries([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function countOf(program: ts.Program, path: string): { values: number; types: number } {
  const symbols = exportsOf(program, path);
  const values = symbols.filter((symbol) => isValue(program, symbol)).length;
  return { values, types: symbols.length - values };
}

function declaredTwice(program: ts.Program): Record<string, string[]> {
  const files = new Map<string, string[]>();
  for (const path of paths) {
    for (const symbol of exportsOf(program, path)) {
      if (!(symbol.flags & ts.SymbolFlags.Alias)) files.set(symbol.name, [...(files.get(symbol.name) ?? []), path]);
    }
  }
  return Object.fromEntries([...files].filter(([, where]) => where.length > 1).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function exportsOf(program: ts.Program, path: string): ts.Symbol[] {
  const source = program.getSourceFile(path);
  const module = source && program.getTypeChecker().getSymbolAtLocation(source);
  return module ? program.getTypeChecker().getExportsOfModule(module) : [];
}

function isValue(program: ts.Program, symbol: ts.Symbol): boolean {
  const isAlias = symbol.flags & ts.SymbolFlags.Alias;
  const { flags } = isAlias ? program.getTypeChecker().getAliasedSymbol(symbol) : symbol;
  return (flags & ts.SymbolFlags.Value) !== 0;
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8'));
  return ts.parseJsonConfigFileContent(config, ts.sys, '.').options;
}

function print(now: Structure, then?: Structure): void {
  const rows = (count: (from: Structure) => number, name: string): [string, ...number[]] =>
    then ? [name, count(then), count(now)] : [name, count(now)];
  const twice = ({ declaredTwice: names }: Structure): number => Object.keys(names).length;
  const crowded = ({ folders }: Structure): number => Object.values(folders).filter(({ own }) => own > readable).length;
  const isSmall = ({ smallFiles }: Structure): number => smallFiles.filter(({ isIndex }) => !isIndex).length;
  printTable('Sources', then, [
    rows(({ files }) => files, 'files'),
    rows(({ lines }) => lines, 'lines'),
    rows(({ codeLines }) => codeLines, 'lines of code'),
    rows(isSmall, `files of at most ${small} lines of code, but for index files`),
    rows(({ smallFiles }) => smallFiles.length, `files of at most ${small} lines of code, index files too`),
    rows(crowded, `folders of more than ${readable} files`),
    rows(twice, 'names that two files export'),
    rows(({ genericAtRoot }) => genericAtRoot.length, 'generic nouns at the root'),
    rows(({ oneWordTypesAtRoot }) => oneWordTypesAtRoot.length, 'types of one word at the root'),
  ]);
  const folders = unionOf(then?.folders, now.folders).sort();
  printTable(
    `Files by folder, more than ${readable} marked`,
    then,
    folders.map((name) => [
      name,
      ...[then, now].flatMap((from) => (from ? [markedCount(from.folders[name]?.own ?? 0)] : [])),
    ]),
  );
  const entries = unionOf(then?.exported, now.exported);
  printTable(
    'Exported names: values + types',
    then,
    entries.map((name) => [name, ...[then, now].flatMap((from) => (from ? [exportedText(from.exported[name])] : []))]),
  );
  printTable('Lines of the extensions in docs/building-on-it.md', undefined, Object.entries(now.extensions));
  console.log(`\nGeneric nouns at the root: ${now.genericAtRoot.join(' ') || 'none'}`);
  console.log(`\nTypes of one word at the root: ${now.oneWordTypesAtRoot.join(' ') || 'none'}`);
  console.log('\nNames that two files export');
  for (const [name, where] of Object.entries(now.declaredTwice)) console.log(`  ${name}: ${where.join(', ')}`);
  console.log(`\nFiles of at most ${small} lines of code`);
  for (const { path, code, isIndex } of now.smallFiles) console.log(`  ${code}\t${path}${isIndex ? ' (index)' : ''}`);
}

function unionOf(...records: (Readonly<Record<string, unknown>> | undefined)[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record ?? {})))];
}

function markedCount(count: number): string {
  return `${count}${count > readable ? ' !' : ''}`;
}

function exportedText(count: { readonly values: number; readonly types: number } | undefined): string {
  return count ? `${count.values + count.types} (${count.values} + ${count.types})` : '—';
}

function printTable(title: string, then: unknown, rows: readonly (readonly (string | number)[])[]): void {
  console.log(`\n| ${title} | ${then ? 'before | after' : 'count'} |\n| --- | ${then ? '---: | ---:' : '---:'} |`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

function argumentOf(option: string): string | undefined {
  const at = process.argv.indexOf(option);
  return at < 0 ? undefined : process.argv[at + 1];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
