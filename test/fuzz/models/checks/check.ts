import type { RandomModel } from '../randomModel.ts';

/** Says what is wrong with what vitrine makes of a model, or nothing. */
export type Check = (random: RandomModel) => Promise<string | undefined>;
