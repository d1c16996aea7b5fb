import { runStudies } from '../runStudies.ts';
import { studyAtlas } from './studies/atlas.ts';
import { studyCaricature } from './studies/caricature.ts';
import { studyConcepts } from './studies/concepts.ts';
import { studyGenerators } from './studies/generators.ts';
import { studyInversion } from './studies/inversion.ts';
import { studyTrust } from './studies/trust.ts';
import { studyUnits } from './studies/units.ts';

// `npm run study:visualization -- [folder of photos] [names of studies]`: experiments with known outcomes; all by default.
await runStudies(
  {
    units: studyUnits,
    inversion: studyInversion,
    caricature: studyCaricature,
    concepts: studyConcepts,
    trust: studyTrust,
    atlas: (print) => studyAtlas(print),
    generators: studyGenerators,
  },
  'out/visualization/study',
);
