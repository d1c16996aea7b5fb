import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model, RNN } from '@tensorflow/tfjs-layers';
import { type Build, chain, type Layer } from './building.ts';

const sequence = [4, 2];
const frames = [3, 5, 4, 2];
// The default of tfjs, an orthogonal matrix, is slow to draw; all weights are drawn again.
const start = { recurrentInitializer: 'glorotUniform' } as const;
const named = ['lstm', 'gru', 'simpleRNN'] as const;

type Options = Readonly<Record<string, unknown>>;

/** A recurrent layer of tfjs. */
export function recurrent(name: (typeof named)[number] | 'convLstm2d', options: Options = {}): Layer {
  return l[name]({ ...start, ...(name !== 'convLstm2d' && { units: 3 }), ...options } as never) as Layer;
}

/** A recurrent layer in both directions. */
export function bothWays(layer: Layer, options: Options = {}): Layer {
  return l.bidirectional({ layer, ...options } as never) as Layer;
}

/** A cell that no library knows: h′ = sin(x + h / 2), and a second state that counts it up. */
class WavingCell extends l.Layer {
  static className = 'WavingCell';
  readonly stateSize = [2, 2];
  override call(inputs: Tensor | Tensor[]): Tensor[] {
    const [x, h, sum] = inputs as [Tensor, Tensor, Tensor];
    const wave = tf.sin(tf.add(x, tf.mul(h, 0.5)));
    return [wave, wave, tf.add(sum, wave)];
  }
}

const kinds: [string, Build][] = named.flatMap((name): [string, Build][] => [
  [
    `${name}, all steps, backwards`,
    () => chain(sequence, recurrent(name, { returnSequences: true, goBackwards: true })),
  ],
  [`${name}, one step`, () => chain([1, 2], recurrent(name, { returnSequences: true }))],
  [`${name}, unrolled`, () => chain(sequence, recurrent(name, { useBias: false, recurrentActivation: 'sigmoid' }))],
  [`bidirectional ${name}`, () => chain(sequence, bothWays(recurrent(name), { mergeMode: 'concat' }))],
  [`bidirectional ${name}, one step`, () => chain([1, 2], bothWays(recurrent(name, { returnSequences: true })))],
]);

const cells: [string, Build][] = [
  [
    'rnn of stacked cells',
    () => {
      const [first, second] = [l.lstmCell({ units: 3, ...start }), l.gruCell({ units: 2, ...start })];
      return chain(sequence, l.rnn({ cell: [first, second], returnSequences: true } as never));
    },
  ],
  [
    'rnn of a cell of its own',
    () => chain(sequence, new RNN({ cell: new WavingCell({}) as never, goBackwards: true })),
  ],
  ['convLstm2d', () => chain(frames, recurrent('convLstm2d', { filters: 2, kernelSize: 2, padding: 'same' }))],
  [
    'convLstm2d, strides 2, all steps',
    () =>
      chain(
        frames,
        recurrent('convLstm2d', { filters: 2, kernelSize: [3, 2], strides: [2, 1], returnSequences: true }),
      ),
  ],
  [
    'convLstm2d, dilation 2',
    () => chain(frames, recurrent('convLstm2d', { filters: 2, kernelSize: 2, dilationRate: 2 })),
  ],
  [
    'bidirectional convLstm2d',
    () => chain(frames, bothWays(recurrent('convLstm2d', { filters: 2, kernelSize: 3, returnSequences: true }))),
  ],
];

const merges: [string, Build][] = (['sum', 'ave', 'mul'] as const).map((mergeMode): [string, Build] => [
  `bidirectional, ${mergeMode}`,
  () => chain(sequence, bothWays(recurrent('gru', { returnSequences: true }), { mergeMode })),
]);

const states: [string, Build][] = [
  [
    'lstm, first states among the inputs',
    () => decoding((x, given) => recurrent('lstm').apply([x, ...given]) as SymbolicTensor),
  ],
  [
    'lstm, first states as an argument',
    () => decoding((x, initialState) => recurrent('lstm').apply(x, { initialState }) as SymbolicTensor),
  ],
  [
    'bidirectional, first states as an argument',
    () =>
      decoding((x, [h, c]) => {
        const initialState = [h, c, c, h] as SymbolicTensor[];
        return bothWays(recurrent('lstm')).apply(x, { initialState }) as SymbolicTensor;
      }),
  ],
  [
    'bidirectional, apart, with states',
    () => {
      const x = input({ shape: sequence });
      const layer = bothWays(recurrent('lstm', { returnState: true, returnSequences: true }), { mergeMode: null });
      return model({ inputs: x, outputs: layer.apply(x) as SymbolicTensor[] });
    },
  ],
  [
    'bidirectional, concat, with states',
    () => {
      const x = input({ shape: sequence });
      return model({
        inputs: x,
        outputs: bothWays(recurrent('gru', { returnState: true })).apply(x) as SymbolicTensor[],
      });
    },
  ],
];

/** A layer that goes on from the states in which another one has ended. */
function decoding(decode: (x: SymbolicTensor, states: SymbolicTensor[]) => SymbolicTensor): ReturnType<Build> {
  const x = input({ shape: sequence });
  const [, ...given] = recurrent('lstm', { returnState: true }).apply(x) as SymbolicTensor[];
  return model({ inputs: x, outputs: decode(x, given) });
}

/** Networks of recurrent layers. */
export const recurrentNetworks: readonly [string, Build][] = [...kinds, ...cells, ...merges, ...states];
