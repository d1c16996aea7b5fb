import { layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply, type Layer } from '../../../oracle/building.ts';
import type { Draws } from '../../draws.ts';
import { type LayerMaker, type Makers, ofRank, shapeOf, type ValueMaker } from './maker.ts';

type Factory = (config: never) => Layer;
type Cell = ReturnType<typeof l.lstmCell>;

// The orthogonal initialiser takes longer than all the rest.
const quick = { recurrentInitializer: 'glorotUniform' as const };
const whatActivates = ['tanh', 'relu', 'sigmoid'] as const;

const cells: Readonly<Record<string, (draws: Draws) => Cell>> = {
  lstmCell: (draws) => l.lstmCell({ ...quick, units: draws.between(1, 3) }) as Cell,
  gruCell: (draws) => l.gruCell({ ...quick, units: draws.between(1, 3) } as never) as unknown as Cell,
  simpleRNNCell: (draws) => l.simpleRNNCell({ ...quick, units: draws.between(1, 3) }) as unknown as Cell,
};

export const recurrent: Makers = {
  lstm: overTime(l.lstm),
  gru: overTime(l.gru),
  simpleRNN: overTime(l.simpleRNN),
  rnn: ofRank(2, (draws) => l.rnn({ cell: draws.oneOf(Object.values(cells))(draws), ...returned(draws) } as never)),
  stackedRNNCells: ofRank(2, (draws) => {
    const stack = [0, 1].map(() => draws.oneOf(Object.values(cells))(draws));
    return l.rnn({ cell: stack, ...returned(draws) } as never);
  }),
  convLstm2d: ofRank(4, (draws, shape) =>
    l.convLstm2d({
      ...quick,
      ...returned(draws),
      filters: draws.between(1, 2),
      kernelSize: shape.slice(1, 3).map((length) => draws.between(1, Math.min(length, 2))) as [number, number],
      padding: draws.oneOf(['same', 'valid']),
    } as never),
  ),
};

/** Recurrent layers whose states are read too, or that begin with given ones. */
export const withStates: Makers<ValueMaker> = {
  'lstm, stateful': stateful(l.lstm),
  'gru, stateful': stateful(l.gru),
  'lstm, states returned': returning(l.lstm),
  'gru, states returned': returning(l.gru),
  'lstm, first states given': beginning(l.lstm, 2),
  'gru, first states given': beginning(l.gru, 1),
  'simpleRNN, first states given': beginning(l.simpleRNN, 1),
};

function overTime(factory: Factory): LayerMaker {
  return ofRank(2, (draws) =>
    factory({
      ...quick,
      ...returned(draws),
      units: draws.between(1, 4),
      activation: draws.oneOf(whatActivates),
      useBias: draws.chance(0.8),
    } as never),
  );
}

function returned(draws: Draws): object {
  return { returnSequences: draws.chance(0.5), goBackwards: draws.chance(0.3) };
}

function returning(factory: Factory): ValueMaker {
  return (values, draws) => {
    const sequence = latestOf(2, values);
    const layer = factory({ ...quick, ...returned(draws), units: draws.between(1, 3), returnState: true } as never);
    return sequence && (layer.apply(sequence) as SymbolicTensor[]);
  };
}

// Such a layer knows the size of the batch.
function stateful(factory: Factory): ValueMaker {
  return (values, draws) => {
    const sequence = latestOf(2, values);
    if (!sequence || sequence.shape[0] === null) return undefined;
    const layer = factory({ ...quick, ...returned(draws), units: draws.between(1, 3), stateful: true } as never);
    return [apply(layer, sequence)];
  };
}

function beginning(factory: Factory, states: number): ValueMaker {
  return (values, draws) => {
    const [sequence, vector] = [latestOf(2, values), latestOf(1, values)];
    if (!sequence || !vector) return undefined;
    const units = shapeOf(vector)[0] as number;
    const layer = factory({ ...quick, ...returned(draws), units } as never);
    const initialState = Array.from({ length: states }, () => vector);
    return [
      draws.chance(0.5)
        ? apply(layer, [sequence, ...initialState])
        : (layer.apply(sequence, { initialState }) as SymbolicTensor),
    ];
  };
}

function latestOf(rank: number, values: readonly SymbolicTensor[]): SymbolicTensor | undefined {
  return values.findLast((value) => shapeOf(value).length === rank);
}
