import { readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { entryPoints } from './entry-points.ts';

/**
 * Writes every exported name with its declaration to docs/api-report.md, from the built declarations;
 * with `--check`, fails instead where the file differs.
 */
const path = 'docs/api-report.md';
const report = apiReport();
if (!process.argv.includes('--check')) writeFileSync(path, report);
else if (readOrEmpty(path) !== report) {
  console.error(`${path} does not describe the exports any more; look at what "npm run api" changes in it`);
  process.exit(1);
}

function apiReport(): string {
  const entries = entryPoints().filter((entry) => entry !== 'index');
  const files = entries.map((entry) => `dist/${entry}.d.ts`);
  const program = ts.createProgram(['dist/index.d.ts', ...files], {
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
  });
  const seen = new Map<ts.Symbol, string>();
  const sections = entries.map((entry) => {
    const names = exportsOf(program, `dist/${entry}.d.ts`).map(([name, symbol]) => {
      const first = seen.get(symbol);
      if (!first) seen.set(symbol, entry);
      return first ? `// ${name}: see vitrine/${first}` : declarationOf(symbol);
    });
    return `## vitrine/${entry}\n\n\`\`\`ts\n${names.join('\n')}\n\`\`\`\n`;
  });
  const main = exportsOf(program, 'dist/index.d.ts');
  const byModule = entries.flatMap((entry) => {
    const names = main.filter(([, symbol]) => seen.get(symbol) === entry).map(([name]) => `\`${name}\``);
    return names.length > 0 ? [`From \`vitrine/${entry}\`: ${names.join(' ')}`] : [];
  });
  const head = '# Exports\n\nMade by `npm run api` from the built declarations.\n';
  return [head, `## vitrine\n\n${main.length} names.\n\n${byModule.join('\n\n')}\n`, ...sections].join('\n');
}

function exportsOf(program: ts.Program, file: string): [string, ts.Symbol][] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing; build first`);
  const symbols = checker.getExportsOfModule(module).map((symbol): [string, ts.Symbol] => {
    const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return [symbol.name, aliased];
  });
  return symbols.sort(([a], [b]) => (a < b ? -1 : 1));
}

function declarationOf(symbol: ts.Symbol): string {
  const declarations = symbol.declarations ?? [];
  return declarations.map((declaration) => withoutComments(statementOf(declaration))).join('\n');
}

// The declaration of a constant lies two levels inside its statement.
function statementOf(node: ts.Node): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

function withoutComments(node: ts.Node): string {
  const printer = ts.createPrinter({ removeComments: true });
  return printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/^declare |^export /gm, '');
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
