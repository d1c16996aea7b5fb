import { type Objective, objectives } from '../../../src/visualization/index.ts';
import { type PublicCalls, said } from './sent.ts';

const vector = [1, 0, -1, 0, 0.5];

/** What pictures can be made for. */
export const objectiveCalls: PublicCalls = {
  'objectives.alignment': () => said(objectives.alignment, 'top', { decay: 3 }),
  'objectives.blurred': () => said(objectives.blurred),
  'objectives.boundary': () => said(objectives.boundary, { width: 3, color: 0.4 }),
  'objectives.channel': () => said(objectives.channel, 'top', 1),
  'objectives.direction': () => said(objectives.direction, { layer: 'top', vector }, { power: 1, position: 'center' }),
  'objectives.distance': (given) => said(objectives.distance, given.array([12, 12, 3], 1)),
  'objectives.diversity': () => said(objectives.diversity, 'top'),
  'objectives.interpolation': () => said(objectives.interpolation, 0, { layer: 'top', unit: 1 }),
  'objectives.l1': () => said(objectives.l1, { color: 0.4 }),
  'objectives.l2': () => said(objectives.l2, { color: 0.4 }),
  'objectives.layer': () => said(objectives.layer, 'top', { kind: 'values' }),
  'objectives.logit': () => said(objectives.logit, 1),
  'objectives.match': (given) => said(objectives.match, 'top', given.array([12, 12, 5], 1)),
  'objectives.neuron': () => said(objectives.neuron, 'top', 1, [2, 3]),
  'objectives.only': () => said(objectives.only, [0], 1),
  'objectives.scaled': () => said(objectives.scaled, -1, 1),
  'objectives.sum': () => said((objective: Objective) => objectives.sum(objective), { layer: 'top', unit: 1 }),
  'objectives.totalVariation': () => said(objectives.totalVariation),
  'objectives.whitenedDirection': (given) =>
    said(objectives.whitenedDirection, { layer: 'top', vector }, given.array([5, 5], 2), { power: 1 }),
};
