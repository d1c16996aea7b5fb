import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * How many lines of code each extension on the page of extensions takes, by its heading: of its first example, without
 * imports and without what only tries it.
 */
export function extensionLines(page = 'docs/building-on-it.md'): Readonly<Record<string, number>> {
  const sections = readFileSync(page, 'utf8').split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.flatMap((section) => {
      const [heading = ''] = section.split('\n');
      const example = /^```ts\n([\s\S]*?)^```/m.exec(section)?.[1];
      return example === undefined ? [] : [[heading, linesOf(example)]];
    }),
  );
}

function linesOf(example: string): number {
  const source = ts.createSourceFile('example.ts', example, ts.ScriptTarget.Latest, true);
  const made = source.statements.filter((statement) => !ts.isImportDeclaration(statement) && !isTrial(statement));
  return made
    .flatMap((statement) => statement.getText().split('\n'))
    .filter((line) => !/^\s*(\/[/*].*|\*.*)?$/.test(line)).length;
}

/** Whether a statement waits for a call or prints. */
function isTrial(statement: ts.Statement): boolean {
  const waits = (node: ts.Node): boolean =>
    ts.isAwaitExpression(node) || (!ts.isFunctionLike(node) && (ts.forEachChild(node, waits) ?? false));
  return waits(statement) || statement.getText().startsWith('console.');
}
