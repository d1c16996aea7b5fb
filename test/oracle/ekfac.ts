import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NdArray } from '../../src/numeric/ndarray.ts';

type Rows = number[][];

interface Examples {
  readonly inputs: readonly NdArray[];
  readonly labels: readonly number[];
}

/** What a layer meets at each place, with a 1 for the bias, and the cotangents that arrive there: rows of both. */
interface Seen {
  readonly met: Rows;
  readonly fed: Rows;
}

/**
 * The influences by EK-FAC of a network of a valid convolution with a ReLU and a dense layer with a softmax, layer by layer
 * and weight by weight in plain loops; every class counts as much as it is probable.
 */
export async function explicitEkfac(
  model: LayersModel,
  { training, test }: { readonly training: Examples; readonly test: Examples },
  damping?: number,
): Promise<{ readonly lossChangeIfRemoved: NdArray; readonly means: readonly number[] }> {
  const weights = await Promise.all(
    model.getWeights().map(async (tensor) => ({ shape: tensor.shape, data: [...(await tensor.data())] })),
  );
  const run = networkOf(weights as Weight[]);
  const count = training.labels.length;
  const fisher = training.labels.flatMap((_, i) => {
    const p = run(training.inputs[0] as NdArray, i).likely;
    return p.map((share, label) => run(training.inputs[0] as NdArray, i).seen(label, Math.sqrt(share)));
  });
  const own = (examples: Examples) =>
    examples.labels.map((label, i) => run(examples.inputs[0] as NdArray, i).seen(label, 1));
  const [rows, queries] = [own(training), own(test)];
  const sums = new Float64Array(test.labels.length * count);
  const means = [0, 1].map((layer) => {
    const all = fisher.map((seen) => seen[layer] as Seen);
    const [a, s] = [jacobi(moment(all.map(({ met }) => met))), jacobi(moment(all.map(({ fed }) => fed)))];
    const turned = ({ met, fed }: Seen): number[] => {
      const gradient = outer(met, fed);
      return a.flatMap((u) =>
        s.map((v) => u.reduce((sum, x, i) => sum + x * v.reduce((part, y, j) => part + y * gradient[i]![j]!, 0), 0)),
      );
    };
    const eigenvalues = new Array<number>(a.length * s.length).fill(0);
    for (const seen of all) turned(seen).forEach((value, i) => (eigenvalues[i]! += value ** 2 / count));
    const mean = eigenvalues.reduce((sum, value) => sum + value, 0) / eigenvalues.length;
    const inverse = eigenvalues.map((value) => 1 / (value + (damping ?? 0.1 * mean)));
    const trained = rows.map((seen) => turned(seen[layer] as Seen));
    queries.forEach((seen, t) => {
      const query = turned(seen[layer] as Seen);
      trained.forEach((row, i) => {
        sums[t * count + i]! += row.reduce((sum, x, j) => sum + x * query[j]! * inverse[j]!, 0) / count;
      });
    });
    return mean;
  });
  return { lossChangeIfRemoved: { shape: [test.labels.length, count], data: Float32Array.from(sums) }, means };
}

interface Weight {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A forward and a backward pass of an example, in loops. */
function networkOf([kernel, bias, dense, shift]: readonly Weight[]) {
  const [high, wide, channels, filters] = kernel!.shape as [number, number, number, number];
  const classes = shift!.data.length;
  return (x: NdArray, example: number) => {
    const [, rows, columns] = x.shape as [number, number, number, number];
    const at = (r: number, c: number, k: number): number =>
      x.data[((example * rows + r) * columns + c) * channels + k]!;
    const patches: Rows = [];
    for (let r = 0; r + high <= rows; r++)
      for (let c = 0; c + wide <= columns; c++) {
        const patch: number[] = [];
        for (let i = 0; i < high; i++)
          for (let j = 0; j < wide; j++) for (let k = 0; k < channels; k++) patch.push(at(r + i, c + j, k));
        patches.push([...patch, 1]);
      }
    const linear = patches.map((patch) =>
      Array.from({ length: filters }, (_, f) =>
        patch.reduce((sum, value, i) => sum + value * (kernel!.data[i * filters + f] ?? bias!.data[f])!, 0),
      ),
    );
    const features = linear.flat().map((z) => Math.max(z, 0));
    const scores = Array.from({ length: classes }, (_, k) =>
      features.reduce((sum, value, i) => sum + value * dense!.data[i * classes + k]!, shift!.data[k]!),
    );
    const total = scores.reduce((sum, z) => sum + Math.exp(z), 0);
    const likely = scores.map((z) => Math.exp(z) / total);
    const seen = (label: number, weight: number): readonly [Seen, Seen] => {
      const error = likely.map((p, k) => weight * (p - (k === label ? 1 : 0)));
      const back = features.map((value, i) =>
        value > 0 ? error.reduce((sum, e, k) => sum + e * dense!.data[i * classes + k]!, 0) : 0,
      );
      const fed = patches.map((_, p) => back.slice(p * filters, (p + 1) * filters));
      return [
        { met: patches, fed },
        { met: [[...features, 1]], fed: [error] },
      ];
    };
    return { likely, seen };
  };
}

/** Σ x xᵀ over all rows of all. */
function moment(all: readonly Rows[]): Rows {
  const rows = all.flat();
  return outer(rows, rows);
}

/** Σ a bᵀ over rows. */
function outer(a: Rows, b: Rows): Rows {
  const sums = a[0]!.map(() => b[0]!.map(() => 0));
  a.forEach((row, p) => row.forEach((x, i) => b[p]!.forEach((y, j) => (sums[i]![j]! += x * y))));
  return sums;
}

/** The eigenvectors of a symmetric matrix, by Jacobi's rotations. */
function jacobi(matrix: Rows): Rows {
  const [n, a] = [matrix.length, matrix.map((row) => [...row])];
  const vectors: Rows = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 12; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) < 1e-300) continue;
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const rotate = (x: number, y: number): [number, number] => [c * x - s * y, s * x + c * y];
        for (const row of a) [row[p], row[q]] = rotate(row[p]!, row[q]!);
        for (let k = 0; k < n; k++) [a[p]![k], a[q]![k]] = rotate(a[p]![k]!, a[q]![k]!);
        for (let k = 0; k < n; k++) [vectors[p]![k], vectors[q]![k]] = rotate(vectors[p]![k]!, vectors[q]![k]!);
      }
  return vectors;
}
