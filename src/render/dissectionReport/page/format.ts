import { formatNumber } from '../../formatNumber.ts';
import type { ReportUnit } from '../reportData.ts';

/** An IoU or a ceiling, to three decimals. */
export function threeDecimals(value: number): string {
  return value.toFixed(3);
}

/** What a unit finds, or that it finds nothing. */
export function conceptOf({ matches }: ReportUnit): string {
  return matches[0]?.concept ?? 'nothing labelled';
}

export function activation(value: number): string {
  return formatNumber(value);
}
