import type { Epsilon, RobustnessCurve } from '../../diagnosis/index.ts';
import { assertList, assertNumber, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { anything, assertOptions, number, type OptionChecks, object, text } from '../../numeric/options.ts';
import { curveChart } from '../curveChart/curveChart.ts';

/** What is left of an accuracy by how far examples are changed: a result of `robustnessCurve` with a name, or lists. */
export interface AccuracyCurve {
  readonly name: string;
  readonly epsilons: readonly Epsilon[];
  readonly accuracy: RobustnessCurve['accuracy'] | readonly number[];
  /** The accuracy without any change, drawn at 0; none by default. */
  readonly clean?: number;
}

/** Options of {@link accuracyChart}. */
export interface AccuracyChartOptions {
  /** Above the chart; none by default. */
  readonly title?: string;
  /**
   * How long a shade of 255 is in the numbers of the model, as `pixelBudget(1, …)` gives it: then the chart counts in shades; by
   * default in the numbers of the model.
   */
  readonly shade?: Epsilon;
}

/**
 * A chart of accuracies by ε, a curve for each attack or model.
 *
 * @param curves each with a `name`, its `epsilons`, the `accuracy` left at each and `clean`, that without any change.
 * @param options `title`, `shade`.
 * @returns an SVG element as text.
 * @throws {VitrineError} if there is no curve, lists differ in length, or a length has numbers for channels without a `shade`.
 * @example
 * ```ts
 * import { pixelBudget, robustnessCurve } from 'vitrine/diagnosis';
 * import { accuracyChart } from 'vitrine/render';
 * const scale = { range: [-1, 1] } as const;
 * const epsilons = [1, 4].map((shades) => pixelBudget(shades, scale));
 * const attacks = [{ attack: 'apgd', steps: 5 }] as const;
 * const curve = await robustnessCurve(model, x, { epsilons, attacks, ...scale });
 * const svg = accuracyChart([{ name: 'APGD', ...curve }], { shade: pixelBudget(1, scale) });
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function accuracyChart(curves: readonly AccuracyCurve[], options: AccuracyChartOptions = {}): string {
  assertOptions(options, checks);
  assertList('curves', curves);
  const { title, shade } = options;
  const drawn = curves.map((curve, i) => {
    const { name, epsilons, accuracy, clean } = checked(`curves[${i}]`, curve as AccuracyCurve);
    const lengths = epsilons.map((epsilon, k) => lengthOf(`curves[${i}].epsilons[${k}]`, epsilon, shade));
    const start = clean === undefined ? [] : [clean];
    return { name, x: [...start.map(() => 0), ...lengths], y: [...start, ...accuracy] };
  });
  return curveChart(drawn, {
    ...(title !== undefined && { title }),
    xLabel: shade === undefined ? 'ε' : 'ε in shades of 255',
    yLabel: 'accuracy',
    range: [0, 1],
  });
}

const checks: OptionChecks<AccuracyChartOptions> = { title: text, shade: anything };

function checked(argument: string, curve: AccuracyCurve): AccuracyCurve {
  object(argument, curve);
  const { name, epsilons, accuracy, clean } = curve;
  text(`${argument}.name`, name);
  assertList(`${argument}.epsilons`, epsilons);
  assertNumbers(
    `${argument}.accuracy`,
    ArrayBuffer.isView(accuracy) ? Array.from(accuracy) : accuracy,
    epsilons.length,
  );
  if (clean !== undefined) number(0, 1)(`${argument}.clean`, clean);
  return curve;
}

/** A length in the numbers of the model, or in shades: where channels are prepared in other ways the greatest. */
function lengthOf(argument: string, epsilon: Epsilon, shade: Epsilon | undefined): number {
  if (shade === undefined) {
    assertNumber(argument, epsilon as number, 0);
    return epsilon as number;
  }
  const [lengths, units] = [numbersOf(argument, epsilon), numbersOf('shade', shade)];
  const channels = Math.max(lengths.length, units.length);
  const at = (list: readonly number[], channel: number): number => list[Math.min(channel, list.length - 1)] as number;
  return Math.max(...Array.from({ length: channels }, (_, channel) => at(lengths, channel) / at(units, channel)));
}

function numbersOf(argument: string, length: Epsilon): readonly number[] {
  const numbers = typeof length === 'number' ? [length] : length;
  assertNumbers(argument, numbers);
  if (numbers.length > 0 && numbers.every((number) => number >= 0)) return numbers;
  throw new VitrineError('bad-argument', `"${argument}" expected lengths of at least 0, got ${describe(length)}`);
}
