import type { DissectionOptions } from '../dissectOptions.ts';
import type { Dissection } from '../types.ts';
import { dissectStages, type RunStage } from './dissectStages.ts';
import { gather } from './gather.ts';
import type { Readings } from './readings.ts';

/** Dissects layers in readings. */
export async function dissectReadings(readings: Readings, options: DissectionOptions): Promise<readonly Dissection[]> {
  const run: RunStage = async (stage) => {
    const layers = await gather(readings, stage, options);
    return layers.map(({ running }) => running.extract());
  };
  return dissectStages(run, readings.images, options);
}
