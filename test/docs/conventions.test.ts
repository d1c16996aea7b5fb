import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { extensionLines } from '../../scripts/extensions.ts';
import { type DeclaredFunction, declarations } from '../support/declarations.ts';

const page = readFileSync('docs/conventions.md', 'utf8');
const { functions, optionTypes, rootNames, moduleNames } = declarations();

/** The rows of the tables under a heading of the page, up to the next heading of its level. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, after = ''] = page.split(`\n${heading}\n`);
  const level = heading.split(' ')[0] as string;
  const [section = ''] = after.split(new RegExp(`\\n#{1,${level.length}} `));
  const lines = section.split('\n').filter((line) => /^\|(?! -)/.test(line));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The names in backticks. */
function names(text = ''): readonly string[] {
  return [...text.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name]) => name as string);
}

/** The words of the tables of options. */
const words = new Set(rowsUnder('## Words of options').flatMap(([first]) => names(first)));

describe('words of options', () => {
  const used = new Set(optionTypes.flatMap(({ options }) => options.map(({ name }) => name)));

  test('every option of an exported type is a word of the page', () => {
    expect(used.size).toBeGreaterThan(150);
    expect([...used].filter((name) => !words.has(name)).sort()).toEqual([]);
  });

  test('every word of the page is an option', () => {
    expect([...words].filter((word) => !used.has(word)).sort()).toEqual([]);
  });

  test('every optional option says its default', () => {
    const without = new Set(names(/Without a default are (.*)/.exec(page)?.[1]));
    const silent = optionTypes.flatMap(({ name, options }) =>
      options
        .filter(
          (option) =>
            option.isOptional && !without.has(option.name) && !/default|if left out|without it/.test(option.comment),
        )
        .map((option) => `${name}.${option.name}: ${option.comment}`),
    );
    expect(silent).toEqual([]);
  });

  test('every option that must be given says what it is', () => {
    const silent = optionTypes.flatMap(({ name, options }) =>
      options.filter(({ comment }) => comment === '').map((option) => `${name}.${option.name}`),
    );
    expect(silent).toEqual([]);
  });
});

describe('functions', () => {
  test('none has more than three arguments before its options', () => {
    const long = functions.filter(({ parameterCount, options }) => parameterCount - (options ? 1 : 0) > 3);
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  test('verbs come first', () => {
    const verbs = 'Fit|Learn|Predict|Infer|Apply|Read|Parse|Load|Make|Compute|Assert|Get';
    const backwards = functions.filter(({ name }) => new RegExp(`[a-z](${verbs})$`).test(name));
    expect(backwards.map(({ name }) => name)).toEqual([]);
    expect(functions.filter(({ name }) => /^(get|compute|make|assert|calc)[A-Z]/.test(name))).toEqual([]);
  });

  test('what has a verb of the page keeps it', () => {
    const verbs = rowsUnder('## Verbs').flatMap(([verb, , examples]) =>
      names(verb).flatMap((known) => names(examples).map((example) => [known, example] as const)),
    );
    expect(verbs.length).toBeGreaterThan(10);
    const known = new Set(functions.map(({ name }) => name));
    expect(verbs.filter(([, example]) => !known.has(example))).toEqual([]);
  });

  test.each(['`@param options` names options that there are', '`@param options` names all options'])('%s', (rule) => {
    const isAll = rule.includes('all');
    const faults = functions.filter(({ optionsComment }) => optionsComment).flatMap(isAll ? missing : unknown);
    expect(faults).toEqual([]);
  });
});

/** What every method or reading takes, which one page tells for all of them. */
const common = ['target', 'scale', 'output', 'seed', 'batchSize', 'signal', 'onProgress'];

function unknown({ name, optionsComment = '' }: DeclaredFunction): readonly string[] {
  const listed = names(listOf(optionsComment)).filter((word) => !isFunction(word));
  return listed.filter((word) => !optionsByName(name).includes(word)).map((word) => `${name}: ${word}`);
}

function missing({ name, options = [], optionsComment = '' }: DeclaredFunction): readonly string[] {
  if (/\b(as|those) (for|of)\b|\{@link/.test(optionsComment)) return [];
  const listed = names(optionsComment);
  return options.filter((word) => !common.includes(word) && !listed.includes(word)).map((word) => `${name}: ${word}`);
}

function isFunction(word: string): boolean {
  return functions.some(({ name }) => name === word);
}

/** The options of all overloads: one comment is for all of them. */
function optionsByName(name: string): readonly string[] {
  return functions.filter((one) => one.name === name).flatMap(({ options = [] }) => options);
}

/** The list of a comment without what stands in brackets and after a full stop. */
function listOf(comment: string): string {
  return comment
    .replace(/^options\s*/, '')
    .replace(/,? (?:but for|without) [^;.]*/g, '')
    .replace(/\([^()]*\)/g, '')
    .split(/[.:](?:\s|$)/)[0] as string;
}

describe('errors', () => {
  const codes = [...readFileSync('src/numeric/errors.ts', 'utf8').matchAll(/^ {2}\| '([\w-]+)'/gm)].map(
    ([, code]) => code,
  );

  test('the table of the page has every code', () => {
    const told = rowsUnder('## Errors').flatMap(([code = '']) =>
      [...code.matchAll(/`([\w-]+)`/g)].map(([, one]) => one),
    );
    expect(codes.length).toBeGreaterThan(8);
    expect(told.sort()).toEqual(codes.sort());
  });

  test('every `@throws` says VitrineError, or refers to one that does', () => {
    const others = sources('src').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/@throws (?!\{VitrineError\}|as |the signal's reason)(.*)/g)].map(
        ([, text]) => `${file}: ${text}`,
      ),
    );
    expect(others).toEqual([]);
  });
});

test('the root has nothing that no module has', () => {
  expect(rootNames.filter((name) => !moduleNames.includes(name))).toEqual([]);
});

test('the README names every function of the root', () => {
  const readme = readFileSync('README.md', 'utf8');
  const named = new Set([...readme.matchAll(/`([A-Za-z]\w*)[`(]/g)].map(([, name]) => name));
  const functionsOfRoot = functions.filter(({ name }) => rootNames.includes(name)).map(({ name }) => name);
  expect(functionsOfRoot.length).toBeGreaterThan(150);
  expect(functionsOfRoot.filter((name) => !named.has(name))).toEqual([]);
});

test('the root has no names that could mean anything', () => {
  const generic = names(/no names of `vitrine` itself: (.*)/.exec(page)?.[1]);
  expect(generic).toContain('Range');
  expect(rootNames.filter((name) => generic.includes(name))).toEqual([]);
});

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

test('what one builds on the library takes at most 25 lines', () => {
  const lines = extensionLines();
  expect(Object.keys(lines).length).toBeGreaterThan(9);
  expect(Object.entries(lines).filter(([, count]) => count > 25)).toEqual([]);
});
