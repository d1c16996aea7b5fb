import { runStudies } from '../runStudies.ts';
import { studyAllLayers } from './studies/allLayers.ts';
import { studyAttacks } from './studies/attacks.ts';
import { studyBias } from './studies/bias.ts';
import { studyInfluence } from './studies/influence.ts';
import { studyLabels } from './studies/labels.ts';
import { studyMinimal } from './studies/minimal.ts';
import { studyRepair } from './studies/repair.ts';
import { studyRobustness } from './studies/robustness.ts';
import { studySlices } from './studies/slices.ts';
import { studyTransfer } from './studies/transfer.ts';
import { studyUnknownUnknowns } from './studies/unknownUnknowns.ts';

// `npm run study:diagnosis -- [names of studies]`: experiments with known outcomes; all by default.
await runStudies(
  {
    unknownUnknowns: studyUnknownUnknowns,
    slices: studySlices,
    labels: studyLabels,
    influence: studyInfluence,
    allLayers: studyAllLayers,
    attacks: studyAttacks,
    minimal: studyMinimal,
    robustness: studyRobustness,
    bias: studyBias,
    repair: studyRepair,
    transfer: studyTransfer,
  },
  'out/diagnosis/study',
);
