import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Point, pointsOf } from './points.ts';

/** A change of one file. */
export interface Mutant extends Point {
  /** The file, from the root. */
  readonly file: string;
  readonly line: number;
  /** The line as it is, and as the mutant has it. */
  readonly before: string;
  readonly after: string;
}

// Scripts that are bundled into pages, and kernels that are compiled: what runs is not the module that tests import.
const ELSEWHERE = /\.generated\.ts$|\/(page|assembly)\//;

/**
 * `count` mutants of a folder, drawn by `seed`. Who is drawn depends on the text of the changed line alone: lines written
 * elsewhere, and files moved, change few of the others.
 */
export function drawnMutants(root: string, folder: string, count: number, seed: number): readonly Mutant[] {
  const places = new Map<string, number>();
  const drawn = mutantsOf(root, folder).map((mutant) => {
    const text = [seed, basename(mutant.file), mutant.before, mutant.after].join('\n');
    const earlier = places.get(text) ?? 0;
    places.set(text, earlier + 1);
    return { mutant, key: createHash('sha256').update(`${text}\n${earlier}`).digest('hex') };
  });
  const chosen = drawn.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, count);
  return chosen
    .map(({ mutant }) => mutant)
    .sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) || a.start - b.start);
}

function mutantsOf(root: string, folder: string): readonly Mutant[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => `${folder}/${name}`);
  return files.filter((file) => !ELSEWHERE.test(file)).flatMap((file) => mutantsIn(root, file));
}

function mutantsIn(root: string, file: string): readonly Mutant[] {
  const text = readFileSync(join(root, file), 'utf8');
  return pointsOf(text).map((point) => ({ ...point, file, ...linesOf(text, point) }));
}

function linesOf(text: string, { start, end, replacement }: Point): Pick<Mutant, 'line' | 'before' | 'after'> {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end);
  const oneLine = (lines: string): string => lines.trim().replaceAll(/\s+/g, ' ');
  return {
    line: text.slice(0, start).split('\n').length,
    before: oneLine(text.slice(from, to < 0 ? text.length : to)),
    after: oneLine(text.slice(from, start) + replacement + text.slice(end, to)),
  };
}
