/** How sure the concept of a unit and its IoU are. */
export interface UnitInterval {
  readonly concept: string;
  readonly category: string;
  /** As the dissection has it. */
  readonly iou: number;
  readonly low: number;
  readonly high: number;
  /** The share of samples in which no other concept that was looked at has a greater IoU. */
  readonly stability: number;
}

/** How much of a dissection is due to which images it was made with. */
export interface BootstrapIou {
  readonly units: readonly {
    readonly unit: number;
    /** The concept of the greatest IoU; `null` where the mask never meets one. */
    readonly best: UnitInterval | null;
    /** The share of samples in which the unit is a detector. */
    readonly detector: number;
  }[];
  /** How many units are detectors: as the dissection has it, and the interval. */
  readonly detectors: { readonly count: number; readonly low: number; readonly high: number };
}
