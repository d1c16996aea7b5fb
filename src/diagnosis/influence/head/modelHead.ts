import { inSlices } from '../../../backend/inTurn.ts';
import type { OutputHead } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import { readArray } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { LabelledInputs } from '../allLayers/gradientProblem.ts';
import { type DenseHead, denseHead } from '../denseHead.ts';
import { fittedHead } from './fittedHead.ts';
import { headFeatures, withOnes } from './headFeatures.ts';
import type { HeadExamples, HeadProblem } from './headProblem.ts';

/** The last dense layer of a network as a linear model of training examples. */
export interface ModelHead {
  readonly dense: DenseHead;
  readonly problem: HeadProblem;
  /** Other examples in front of it. */
  examplesOf(examples: LabelledInputs): Promise<HeadExamples>;
}

/** Reads what the last dense layer of a network holds, and what it is given of training examples. */
export async function modelHead(
  network: Network,
  head: OutputHead,
  {
    training,
    penalty,
    refit = false,
    run,
  }: {
    readonly training: LabelledInputs;
    readonly penalty: number;
    readonly refit?: boolean | undefined;
    readonly run: RunOptions;
  },
): Promise<ModelHead> {
  const dense = denseHead(network, head);
  const weights = await weightsOf(dense);
  const examplesOf = async ({ inputs, labels }: LabelledInputs): Promise<HeadExamples> => {
    const read = await headFeatures(network, dense, { inputs, run });
    const [rows, columns] = read.shape as [number, number];
    return { features: weights.bias ? withOnes(read) : { rows, columns, values: read.data }, targets: labels };
  };
  const units = weights.kernel.shape[1] as number;
  const base = {
    ...(await examplesOf(training)),
    units,
    loss: units === 1 ? ('binary' as const) : ('softmax' as const),
    penalty,
  };
  const own = Float64Array.of(...weights.kernel.data, ...(weights.bias?.data ?? []));
  const fitted = refit ? await inSlices(fittedHead(base, { start: own }), { signal: run.signal }) : own;
  return { dense, problem: { ...base, weights: fitted }, examplesOf };
}

async function weightsOf({ operation }: DenseHead): Promise<{ kernel: NdArray; bias: NdArray | undefined }> {
  const { kernel, bias } = operation.parameters;
  return {
    kernel: await readArray(kernel as NonNullable<typeof kernel>, 'kernel'),
    bias: bias && (await readArray(bias, 'bias')),
  };
}
