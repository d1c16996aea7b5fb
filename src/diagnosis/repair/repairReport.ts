import { owned } from '../../backend/owned.ts';
import { classScores } from '../../network/predict.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { isNetwork, withNetwork } from '../../network/withNetwork.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { rowOf } from '../../numeric/ndarray.ts';
import {
  anything,
  assertOptions,
  kind,
  type OptionChecks,
  object,
  oneOf,
  record,
  required,
  text,
} from '../../numeric/options.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import { scores } from '../../scoring/scores.ts';
import { assertSharedTarget } from '../../scoring/targets/sharedTarget.ts';
import type { Target } from '../../scoring/types.ts';
import { assertCountOf, labelsOf, type PerExample } from '../classified.ts';

/** Something a model should tell, by which a repair is judged. */
export interface RepairCheck {
  readonly name: string;
  /** The truth of each example, `[n]`: a class or, of a `target`, 1 or 0. */
  readonly labels: PerExample;
  /** A score that is above 0 where the answer is yes; without one the predicted class is compared. */
  readonly target?: Target;
  /** The group of each example, `[n]`, numbers or names; all are in one by default. */
  readonly groups?: readonly (string | number)[];
  /** Whether the repair is to change this, or must not. */
  readonly should: 'change' | 'stay';
}

/** How right a model is in a group. */
export interface GroupAccuracy {
  readonly group: string;
  readonly count: number;
  readonly accuracy: number;
}

/** How right one model is about one thing. */
export interface RepairRow {
  readonly model: string;
  readonly check: string;
  readonly should: RepairCheck['should'];
  readonly accuracy: number;
  /** The group in which it is least right. */
  readonly worst: GroupAccuracy;
  readonly groups: readonly GroupAccuracy[];
  /** By how much the accuracy of all, and that of the group which was the worst before, differs from the first model's. */
  readonly change: { readonly accuracy: number; readonly worst: number };
}

/** Options of {@link repairReport}. */
export interface RepairReportOptions extends RunOptions {
  /** What the models should tell. */
  readonly checks: readonly RepairCheck[];
}

/**
 * What repairs do to a model: for each thing that it should tell the accuracy, that of each group and of the worst one, before
 * and after, so that what a repair breaks stands beside what it mends.
 *
 * The accuracy of the worst group is that of Sagawa et al. 2020, "Distributionally robust neural networks for group shifts",
 * section 2. Give examples that no repair was chosen by, and a repair with a random direction beside yours.
 *
 * @param models the models by name, the one before any repair first: networks of `withoutDirection`, `withoutUnits`,
 * `refitHead`, or any others that take the same examples.
 * @param x examples `[n, …]`.
 * @param options `checks`; `batchSize`, `signal`, `onProgress`.
 * @returns a row for each model and check.
 * @throws {VitrineError} if there is no model or check, or labels or groups are not one for each example.
 * @example
 * ```ts
 * import { compile } from 'vitrine';
 * import { repairReport, withoutUnits } from 'vitrine/diagnosis';
 * const network = compile(model);
 * const repaired = withoutUnits(network, { layer: 'conv2', units: [3] });
 * const check = { name: 'class', labels: [0, 1], groups: ['day', 'night'], should: 'change' } as const;
 * const rows = await repairReport({ before: network, after: repaired }, x, { checks: [check] });
 * console.log(rows[1]?.worst, rows[1]?.change);
 * repaired.dispose();
 * network.dispose();
 * ```
 */
export async function repairReport(
  models: Readonly<Record<string, Model>>,
  x: Input,
  options: RepairReportOptions,
): Promise<readonly RepairRow[]> {
  assertOptions(options, reportChecks);
  assertModels(models);
  const entries = Object.entries(models);
  const [input, { checks, ...run }] = await owned(x, options ?? ({} as RepairReportOptions));
  assertChecks(checks);
  const rows: RepairRow[] = [];
  for (const [name, model] of entries) {
    for (const [i, check] of checks.entries()) {
      const right = await rightOf(model, input, { check, argument: `checks[${i}]`, run });
      const row = {
        model: name,
        check: check.name,
        should: check.should,
        ...accuraciesOf(right, groupsOf(check, i, right.length)),
      };
      rows.push({ ...row, change: changeOf(row, rows[i] ?? row) });
    }
  }
  return rows;
}

const reportChecks: OptionChecks<RepairReportOptions> = { ...runChecks, checks: required(anything) };

interface Judging {
  readonly check: RepairCheck;
  readonly argument: string;
  readonly run: RunOptions;
}

/** Whether a model is right about each example. */
async function rightOf(
  model: Model,
  x: Input,
  { check: { labels, target }, argument, run }: Judging,
): Promise<readonly boolean[]> {
  if (target === undefined) {
    const classes = await withNetwork(model, async (network) => {
      const found = await classScores(network, x, { ...run, head: network.heads[0] });
      return Array.from({ length: found.shape[0] as number }, (_, i) => firstGreatest(rowOf(found, i)));
    });
    const truth = labelsOf(`${argument}.labels`, labels, classes.length);
    return classes.map((predicted, i) => predicted === truth[i]);
  }
  assertSharedTarget(target, `${argument}.target`);
  const { values } = await scores(model, x, { ...run, target });
  const truth = labelsOf(`${argument}.labels`, labels, values.length, 2);
  return Array.from(values, (score, i) => score > 0 === (truth[i] === 1));
}

function accuraciesOf(
  right: readonly boolean[],
  groups: readonly string[],
): Pick<RepairRow, 'accuracy' | 'worst' | 'groups'> {
  const names = [...new Set(groups)];
  const each = names.map((group): GroupAccuracy => {
    const own = right.filter((_, i) => groups[i] === group);
    return { group, count: own.length, accuracy: own.filter(Boolean).length / own.length };
  });
  const worst = each.reduce((least, group) => (group.accuracy < least.accuracy ? group : least));
  return { accuracy: right.filter(Boolean).length / right.length, worst, groups: each };
}

function groupsOf({ groups }: RepairCheck, i: number, count: number): readonly string[] {
  if (groups === undefined) return new Array<string>(count).fill('all');
  assertCountOf(`checks[${i}].groups`, groups.length, count);
  return Array.from(groups, String);
}

function changeOf(row: Omit<RepairRow, 'change'>, first: Omit<RepairRow, 'change'>): RepairRow['change'] {
  const worst = row.groups.find(({ group }) => group === first.worst.group) ?? row.worst;
  return { accuracy: row.accuracy - first.accuracy, worst: worst.accuracy - first.worst.accuracy };
}

function assertModels(models: Readonly<Record<string, Model>>): void {
  record('models', models);
  if (Object.keys(models).length === 0)
    throw new VitrineError('bad-argument', '"models" expected at least one model by name, got none');
  for (const [name, model] of Object.entries(models)) modelLike(`models.${name}`, model);
}

const modelLike = kind(
  'a LayersModel, a GraphModel or a compiled network',
  (value) => typeof value === 'object' && value !== null && (isNetwork(value as Model) || 'predict' in value),
);

function assertChecks(checks: readonly RepairCheck[]): void {
  if (!Array.isArray(checks) || checks.length === 0)
    throw new VitrineError(
      'bad-argument',
      `"checks" expected a list of things to be right about, got ${describe(checks)}`,
    );
  checks.forEach((check: RepairCheck | null | undefined, i) => {
    object(`checks[${i}]`, check);
    const { name, groups, should } = check as RepairCheck;
    text(`checks[${i}].name`, name);
    oneOf(['change', 'stay'])(`checks[${i}].should`, should);
    if (groups !== undefined && !Array.isArray(groups))
      throw new VitrineError(
        'bad-argument',
        `"checks[${i}].groups" expected a list of groups, got ${describe(groups)}`,
      );
  });
}
