import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A ```ts block of a docstring's `@example` or of a guide. */
export interface Example {
  /** `file:line` */
  title: string;
  code: string;
  /** False for a block marked `ts browser`: it has the types of the library, but needs a page. */
  runs: boolean;
}

/** The examples in docstrings of `src/`, in the guides and in the README; blocks of other languages are left alone. */
export function findExamples(): Example[] {
  const sources = filesIn('src', '.ts').flatMap((path) => inDocstrings(path, readFileSync(path, 'utf8')));
  const guides = [...filesIn('docs', '.md'), 'README.md'].filter((path) => path !== join('docs', 'api-report.md'));
  return [...sources, ...guides.flatMap((path) => blocks(path, readFileSync(path, 'utf8')))];
}

function inDocstrings(path: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const lines = comment.replace(/^[ \t]*\* ?/gm, '');
    const start = lines.indexOf('@example');
    if (start < 0) return [];
    // Everything before the example as empty lines, so that line numbers stay.
    return blocks(
      path,
      text.slice(0, index).replace(/.+/g, '') + lines.slice(0, start).replace(/.+/g, '') + lines.slice(start),
    );
  });
}

function blocks(path: string, text: string): Example[] {
  return [...text.matchAll(/^```ts( browser)?\n([\s\S]*?)^```/gm)].map(({ 1: needsPage, 2: code = '', index }) => ({
    title: `${path}:${text.slice(0, index).split('\n').length + 1}`,
    code,
    runs: needsPage === undefined,
  }));
}

function filesIn(folder: string, ending: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith(ending) && !path.startsWith('api/'))
    .map((path) => join(folder, path))
    .sort();
}
