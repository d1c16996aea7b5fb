import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfigFromFile, mergeConfig, type Plugin, type UserConfig } from 'vite';
import type { UserWorkspaceConfig, ViteUserConfig } from 'vitest/config';
import { createVitest, type TestModule } from 'vitest/node';
import type { Mutant } from './mutants.ts';

/** What the host is asked: to run the tests of a mutant, or all of some files with marks at the places of mutants. */
export type Question =
  | { readonly mutant: Mutant; readonly file: string }
  | { readonly mutants: readonly Mutant[]; readonly files: readonly string[] };

/** The outcome of one test file. */
export interface Outcome {
  readonly file: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  /** The places among the mutants asked for that the file ran. */
  readonly reached: readonly number[];
}

/** What the host says: first the test files that there are, then the outcomes for each question. */
export type Answer = { readonly files: readonly string[] } | { readonly outcomes: readonly Outcome[] };

// Mutants exist in the memory of this process alone: Vite asks for the text of each module, and no file is changed.
const root = process.cwd();
const texts = new Map<string, string>();
const [workers, bail] = process.argv.slice(2).map(Number) as [number, number];
const vitest = await createVitest('test', { config: false }, await configuration());
const specifications = await vitest.globTestSpecifications();
const ofFile = new Map(specifications.map((specification) => [nameOf(specification.moduleId), specification]));

// Whoever asks may be stopped at any time; tests that do not end would go on.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (question: Question) => void answer(question));
send({ files: [...ofFile.keys()] });

async function answer(question: Question): Promise<void> {
  const changed = 'mutant' in question ? withMutant(question.mutant) : withMarks(question.mutants);
  setTexts(changed);
  const files = 'mutant' in question ? [question.file] : question.files;
  const chosen = files.flatMap((file) => ofFile.get(file) ?? []);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosen);
  const outcomes = testModules.map((module) => outcomeOf(module, unhandledErrors.length === 0));
  send({ outcomes });
}

/** The project `cpu` alone: a plugin reaches no project that the file of the configuration lists. */
async function configuration(): Promise<UserConfig> {
  const loaded = await loadConfigFromFile({ command: 'serve', mode: 'test' }, 'vitest.config.ts', root);
  const { test: { projects = [], ...shared } = {}, ...rest } = (loaded?.config ?? {}) as ViteUserConfig;
  const cpu = projects.find((project) => typeof project === 'object' && nameIn(project) === 'cpu') ?? {};
  const { extends: _, ...own } = cpu as UserWorkspaceConfig & { extends?: unknown };
  const reached = fileURLToPath(new URL('./reached.ts', import.meta.url));
  const test = { root, setupFiles: [reached], watch: false, maxWorkers: workers, bail, reporters: [{}] };
  return mergeConfig(mergeConfig({ ...rest, test: shared }, own), { plugins: [mutated()], test });
}

function nameIn(project: object): unknown {
  return 'test' in project && (project.test as ViteUserConfig['test'])?.name;
}

function setTexts(changed: ReadonlyMap<string, string>): void {
  const files = new Set([...texts.keys(), ...changed.keys()]);
  texts.clear();
  for (const [file, text] of changed) texts.set(file, text);
  for (const file of files) vitest.invalidateFile(`${root}/${file}`);
}

function mutated(): Plugin {
  return {
    name: 'mutated',
    enforce: 'pre',
    transform: (_text, id) => texts.get(nameOf(id)) ?? null,
  };
}

function withMutant({ file, start, end, replacement }: Mutant): ReadonlyMap<string, string> {
  const text = readFileSync(file, 'utf8');
  return new Map([[file, text.slice(0, start) + replacement + text.slice(end)]]);
}

function withMarks(mutants: readonly Mutant[]): ReadonlyMap<string, string> {
  const places = mutants.map(({ file, expression }, number) => ({ ...expression, number, file }));
  const textOf = (of: string): string =>
    marked(
      readFileSync(of, 'utf8'),
      places.filter(({ file }) => file === of),
    );
  return new Map([...new Set(places.map(({ file }) => file))].map((file) => [file, textOf(file)]));
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

function marked(text: string, places: readonly Place[]): string {
  const insertions = places.flatMap(({ start, end, number }) => [
    { at: start, text: `($reached[${number}]=1,(`, order: 1 / (end - start) },
    { at: end, text: '))', order: -1 },
  ]);
  insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  const cuts = [0, ...insertions.map(({ at }) => at), text.length];
  const parts = cuts.slice(1).map((to, i) => text.slice(cuts[i], to) + (insertions[i]?.text ?? ''));
  return `const $reached = (globalThis.$reached ??= []);${parts.join('')}`;
}

function outcomeOf(module: TestModule, noOtherError: boolean): Outcome {
  const { duration, collectDuration, setupDuration, environmentSetupDuration, prepareDuration } = module.diagnostic();
  return {
    file: nameOf(module.moduleId),
    passed: module.state() !== 'failed' && noOtherError,
    milliseconds: duration + collectDuration + setupDuration + environmentSetupDuration + prepareDuration,
    reached: module.meta().reached ?? [],
  };
}

function nameOf(id: string): string {
  return relative(root, id.replace(/\?.*$/, ''));
}

function send(answer: Answer): void {
  process.send?.(answer);
}
